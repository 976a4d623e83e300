/* What counts, once: rows are gifts, and row.counts says which of them sums may hold. */

/* Sums of hundredths: binary fractions of decimal amounts would drift. */
const plus = (a, b) => Math.round(a * 100 + b * 100) / 100;

function sumBy(rows, key) {
  const sums = new Map();
  for (const row of rows) {
    if (!row.counts) continue;
    const name = key(row);
    const sum = sums.get(name) || {name, cny: 0, gifts: 0};
    sum.cny = plus(sum.cny, row.cny);
    sum.gifts += 1;
    sums.set(name, sum);
  }
  return [...sums.values()];
}

const largest = (sums, count) => sums.filter(s => s.cny > 0 && s.name).sort((a, b) => b.cny - a.cny || (a.name < b.name ? -1 : 1)).slice(0, count);

/* The most giving or given to, each named; two of one name are told apart by their places. */
function largestNamed(rows, key, label, count) {
  const labels = new Map();
  for (const row of rows) if (row[key] && !labels.has(row[key])) labels.set(row[key], {name: row[label], place: placeOfKey(row[key])});
  const sums = largest(sumBy(rows, row => row[key]), count);
  const seen = new Map();
  for (const s of sums) seen.set(labels.get(s.name).name, (seen.get(labels.get(s.name).name) || 0) + 1);
  return sums.map(s => {
    const {name, place} = labels.get(s.name);
    return {...s, label: seen.get(name) > 1 && place ? `${name} (${place})` : name};
  });
}
const placeOfKey = key => (store.entities.get(key) || {}).place || '';

/* Months from the first to the last, those without a gift too, so that time runs evenly. A few stray years are cut. */
function byMonth(rows) {
  const sums = sumBy(rows, row => row.month).filter(s => /^\d{4}-\d{2}$/.test(s.name) && s.cny > 0).sort((a, b) => a.name < b.name ? -1 : 1);
  if (!sums.length) return [];
  const known = new Map(sums.map(s => [s.name, s])), out = [];
  const index = name => Number(name.slice(0, 4)) * 12 + Number(name.slice(5)) - 1;
  const last = index(sums[sums.length - 1].name), first = Math.max(index(sums[0].name), last - 119);
  for (let i = first; i <= last; i++) {
    const name = `${String(Math.floor(i / 12)).padStart(4, '0')}-${String(i % 12 + 1).padStart(2, '0')}`;
    out.push(known.get(name) || {name, cny: 0, gifts: 0});
  }
  return out;
}

function figuresOf(rows) {
  const counted = rows.filter(row => row.counts);
  const days = counted.map(row => row.day).filter(Boolean).sort();
  const others = new Map();
  for (const row of counted) {
    const d = row.donation;
    if (d.cashNumber && d.currency && d.currency !== 'CNY') others.set(d.currency, plus(others.get(d.currency) || 0, d.cashNumber));
  }
  const add = (list, key) => list.reduce((sum, row) => plus(sum, row[key]), 0);
  return {
    gifts: counted.length,
    donors: new Set(counted.map(row => row.donorKey).filter(Boolean)).size,
    cny: add(counted, 'cny'),
    worth: add(counted, 'worth'),
    pledged: add(rows.filter(row => !row.past && !row.donation.total && row.donation.status === 'pledged'), 'cny'),
    pages: new Set(rows.flatMap(row => row.donations.map(d => d.page.page))).size,
    period: days.length ? [days[0], days[days.length - 1]] : null,
    others: [...others].sort((a, b) => a[0] < b[0] ? -1 : 1),
  };
}
