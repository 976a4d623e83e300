/* The page put together: language, filters, order, and the table and charts of what they leave. */

const store = readStore(byId('data').textContent);
const allRows = makeRows(store);
const table = new RowTable(byId('body'));
const view = {words: '', from: '', to: '', least: 0, kind: '', status: '', pages: '', past: false, chosen: new Map(), sort: 'date', down: true};

/* ---- filters ---- */

function fits(row) {
  const d = row.donation;
  if (row.past && !view.past) return false;
  if (view.kind && row.kind !== view.kind) return false;
  if (view.status && d.status !== view.status) return false;
  if (view.pages && (row.pages > 1) !== (view.pages === 'several')) return false;
  if (view.from && !(row.day >= view.from)) return false;
  if (view.to && !(row.day && row.day <= view.to)) return false;
  if (view.least > 0 && !(Math.max(row.cny, row.worth) >= view.least)) return false;
  for (const [field, {value}] of view.chosen) if (row[field] !== value) return false;
  return true;
}

function filtered() {
  const terms = fold(view.words).split(/\s+/).filter(Boolean);
  return allRows.filter(row => fits(row) && terms.every(term => haystack(row).includes(term)));
}

/* ---- order ---- */

const ORDER = {
  date: row => row.day,
  donor: row => rank('shown', row.shown),
  what: row => row.sortAmount,
  recipient: row => rank('recipients', row.donation.recipients || ''),
  place: row => rank('place', row.place),
  told: row => row.pages,
};

/* Names in the order of the language, compared once each rather than at every comparison of two rows. */
const ranks = new Map();
function rank(field, value) {
  if (!ranks.has(field)) {
    const get = {shown: r => r.shown, recipients: r => r.donation.recipients || '', place: r => r.place}[field];
    const names = [...new Set(allRows.map(get))].sort(new Intl.Collator('zh').compare);
    ranks.set(field, new Map(names.map((name, i) => [name, name === '' ? names.length : i])));
  }
  return ranks.get(field).get(value);
}

function ordered(rows) {
  const key = ORDER[view.sort], sign = view.down ? -1 : 1;
  return rows.map((row, i) => ({row, key: key(row), i}))
    .sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.i - b.i)).map(x => x.row);
}

/* ---- what is seen ---- */

function showFigures(rows) {
  const f = figuresOf(rows), box = byId('figures');
  const items = [[word('gifts'), f.gifts.toLocaleString('en')], [word('cash'), shortSum(f.cny)], [word('donors'), f.donors.toLocaleString('en')]];
  if (f.worth) items.push([word('worth'), shortSum(f.worth)]);
  if (f.pledged) items.push([word('pledged'), shortSum(f.pledged)]);
  if (f.others.length) items.push([word('other'), f.others.slice(0, 4).map(([currency, sum]) => shortSum(sum, currency)).join(language === 'zh' ? '，' : ', ')]);
  items.push([word('webPages'), f.pages.toLocaleString('en')]);
  if (f.period) items.push([word('period'), `${f.period[0]} – ${f.period[1]}`]);
  box.replaceChildren(...items.map(([name, value]) => make('div', {class: name === word('other') ? 'small' : ''}, make('dt', {}, name), make('dd', {}, value))));
}

function showChips() {
  const chips = [...view.chosen].map(([field, {label}]) =>
    make('button', {type: 'button', class: 'chip', onclick: () => { view.chosen.delete(field); update(); }}, `${label} ✕`));
  if (view.words || view.from || view.to || view.least || view.kind || view.status || view.pages || view.chosen.size)
    chips.push(make('button', {type: 'button', class: 'chip quiet', id: 'reset', onclick: reset}, word('reset')));
  byId('chips').replaceChildren(...chips);
}

function choose(field, value, label) {
  view.chosen.set(field, {value, label});
  update();
  byId('count').scrollIntoView({block: 'nearest'});
}

function reset() {
  Object.assign(view, {words: '', from: '', to: '', least: 0, kind: '', status: '', pages: ''});
  view.chosen.clear();
  for (const id of ['search', 'from', 'to', 'least', 'kind', 'status', 'pages']) byId(id).value = '';
  update();
}

function update() {
  const rows = ordered(filtered());
  showFigures(rows);
  drawCharts(rows, choose);
  showChips();
  const all = view.past ? allRows.length : allRows.filter(row => !row.past).length;
  byId('count').textContent = word('matching')(rows.length, all);
  byId('none').hidden = rows.length > 0;
  byId('table').setAttribute('aria-rowcount', rows.length + 1);
  for (const button of byId('head').querySelectorAll('button')) {
    const here = button.dataset.sort === view.sort;
    button.parentElement.setAttribute('aria-sort', here ? (view.down ? 'descending' : 'ascending') : 'none');
  }
  byId('sort').value = `${view.sort}${view.down ? '-' : '+'}`;
  table.show(rows);
}

function sortBy(name, down = view.sort === name ? !view.down : name === 'date' || name === 'what' || name === 'told') {
  view.sort = name;
  view.down = down;
  update();
}

/* ---- the frame, in the language chosen ---- */

function fillChoice(id, choices) {
  const select = byId(id), before = select.value;
  select.replaceChildren(...choices.map(([value, text]) => make('option', {value}, text)));
  select.value = choices.some(([value]) => value === before) ? before : choices[0][0];
}

function speak() {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  byId('language').textContent = word('language');
  if (!store.about.title) document.title = byId('title').textContent = word('title');
  const ms = Number(store.about.changed_ms);
  byId('about').textContent = ms ? word('asOf')(dateOf(ms)) : '';
  byId('unresolved').hidden = store.about.resolved || !allRows.length;
  byId('unresolved').textContent = word('unresolved');
  byId('rules').textContent = word(store.about.resolved ? 'rules' : 'rulesRaw');
  byId('search').placeholder = word('search');
  for (const element of document.querySelectorAll('[data-word]')) element.textContent = word(element.dataset.word);
  byId('head').replaceChildren(...COLUMNS.map(name => make('div', {role: 'columnheader', class: `cell cell-${name}`},
    make('button', {type: 'button', 'data-sort': name, onclick: () => sortBy(name)}, word(name)))));
  const present = key => [...new Set(allRows.map(key))].sort();
  fillChoice('kind', [['', word('all')], ...present(row => row.kind).map(kind => [kind, word('kinds')[kind] || kind])]);
  fillChoice('status', [['', word('all')], ...present(row => row.donation.status).map(s => [s, word('statuses')[s] || s])]);
  fillChoice('pages', [['', word('all')], ['one', word('one')], ['several', word('several')]]);
  fillChoice('sort', COLUMNS.flatMap(name => [[`${name}-`, `${word(name)} ↓`], [`${name}+`, `${word(name)} ↑`]]));
}

function listen() {
  let timer = 0;
  byId('search').addEventListener('input', event => {
    clearTimeout(timer);
    timer = setTimeout(() => { view.words = event.target.value; update(); }, 120);
  });
  byId('controls').addEventListener('submit', event => event.preventDefault());
  for (const id of ['from', 'to', 'kind', 'status', 'pages'])
    byId(id).addEventListener('change', event => { view[id] = event.target.value; update(); });
  byId('least').addEventListener('change', event => { view.least = Number(event.target.value) || 0; update(); });
  byId('past').addEventListener('change', event => { view.past = event.target.checked; update(); });
  byId('sort').addEventListener('change', event => sortBy(event.target.value.slice(0, -1), event.target.value.endsWith('-')));
  byId('language').addEventListener('click', () => { language = language === 'zh' ? 'en' : 'zh'; speak(); update(); });
  addEventListener('beforeprint', () => table.beforePrint());
  addEventListener('afterprint', () => table.afterPrint());
  let width = innerWidth, resizing = 0;
  addEventListener('resize', () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(resizing);
    resizing = setTimeout(() => drawCharts(table.rows, choose), 150);
  });
}

speak();
listen();
update();
document.body.dataset.ready = 'true';
