/* The tables of the store, joined: donations know their page, spans, gift, and what they replace. */

function readTable(table) {
  return table.rows.map(row => {
    const record = {};
    table.columns.forEach((name, i) => { record[name] = row[i]; });
    return record;
  });
}

/* Donations are many: objects of one shape, all fields at once, are made and read many times faster. */
function readDonations(table) {
  const at = {};
  table.columns.forEach((name, i) => { at[name] = i; });
  return table.rows.map(r => ({
    id: r[at.id], uid: r[at.uid], version: r[at.version], state: r[at.state], replaces: r[at.replaces], superseded_in: r[at.superseded_in],
    donor: r[at.donor], donor_type: r[at.donor_type], person: r[at.person], role: r[at.role],
    association: r[at.association], association_role: r[at.association_role],
    cash: r[at.cash], currency: r[at.currency], qualifier: r[at.qualifier], goods: r[at.goods],
    value: r[at.value], value_currency: r[at.value_currency], recipients: r[at.recipients], channels: r[at.channels],
    date: r[at.date], status: r[at.status], total: isTrue(r[at.total]), evidence: r[at.evidence], confidence: r[at.confidence],
    cashNumber: r[at.cash] === null ? null : Number(r[at.cash]), valueNumber: r[at.value] === null ? null : Number(r[at.value]),
    page: null, day: '', place: '', why: null, before: null, after: null, endedBy: null, donorEntities: [], recipientEntities: [], doubts: [],
  }));
}

const isTrue = text => text === '1' || text === 'true' || text === 't';

function readStore(text) {
  const raw = JSON.parse(text);
  const versions = new Map(readTable(raw.versions).map(v => [v.id, {...v, gone: isTrue(v.gone)}]));
  const entities = new Map(readTable(raw.entities).map(e => [e.uid, e]));
  const donations = readDonations(raw.donations);
  const byDonation = new Map();
  for (const d of donations) {
    d.page = versions.get(d.version);
    d.day = d.date || d.page.published || '';
    byDonation.set(d.id, d);
  }
  for (const [id, part, entity] of raw.parties.rows) {
    const d = byDonation.get(id);
    if (d && entities.has(entity)) (part === 'donor' ? d.donorEntities : d.recipientEntities).push(entities.get(entity));
  }
  for (const d of donations) {
    const before = d.replaces === null ? null : byDonation.get(d.replaces);
    if (before) {
      d.before = before;
      before.after = d;
    }
    d.endedBy = d.superseded_in === null ? null : versions.get(d.superseded_in);
    d.place = placeOf(d);
  }
  const current = new Map(donations.filter(d => d.state === 'current').map(d => [d.uid, d]));
  for (const [uid, other] of raw.doubts.rows) {
    const a = current.get(uid), b = current.get(other);
    if (a && b) { a.doubts.push(b); b.doubts.push(a); }
  }
  return {about: raw.about, versions, donations, current, gifts: readGifts(raw, current), spans: raw.spans.rows, entities};
}

/* The spans of a donation, found when it is unfolded: they stand in the order of donations. */
function spansOf(id) {
  const rows = store.spans;
  let low = 0, high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle][0] < id) low = middle + 1; else high = middle;
  }
  const out = [];
  for (; low < rows.length && rows[low][0] === id; low++) out.push({field: rows[low][1], start: rows[low][2], end: rows[low][3]});
  return out;
}

function placeOf(d) {
  const entity = d.donorEntities.find(e => e.place) || d.recipientEntities.find(e => e.place);
  return entity ? entity.place : '';
}

/* Every current donation is in one gift; one that was not resolved is a gift of its own. */
function readGifts(raw, current) {
  const gifts = new Map(), known = new Map(raw.gifts.rows.map(([uid, gift, speaks, why]) => [uid, {gift, speaks, why}]));
  for (const d of current.values()) {
    const member = known.get(d.uid) || {gift: d.uid, speaks: true, why: null};
    let gift = gifts.get(member.gift);
    if (!gift) gifts.set(member.gift, gift = {id: member.gift, speaker: null, donations: []});
    gift.donations.push(d);
    d.why = member.why;
    if (member.speaks) gift.speaker = d;
  }
  for (const gift of gifts.values()) gift.speaker = gift.speaker || gift.donations[0];
  return [...gifts.values()];
}

/* A row of the table: a gift, or a donation that its page no longer tells. */
function makeRows(store) {
  const rows = store.gifts.map(gift => ({key: gift.id, donation: gift.speaker, donations: gift.donations, past: false}));
  for (const d of store.donations)
    if (d.state === 'superseded' && !d.after) rows.push({key: `past-${d.id}`, donation: d, donations: [d], past: true});
  for (const row of rows) {
    const d = row.donation;
    row.day = d.day;
    row.month = d.day.slice(0, 7);
    row.donor = d.donorEntities.length ? d.donorEntities[0].name : d.donor || '';
    row.donorKey = d.donorEntities.length ? d.donorEntities[0].uid : row.donor;
    row.shown = d.donor || '';
    row.kind = d.donor_type || (d.donor ? 'other' : 'none');
    row.recipient = d.recipientEntities.length ? d.recipientEntities[0].name : d.recipients || '';
    row.recipientKey = d.recipientEntities.length ? d.recipientEntities[0].uid : row.recipient;
    row.place = d.place;
    row.pages = new Set(row.donations.map(x => x.page.page)).size;
    row.counts = !row.past && !d.total && (d.status === 'given' || d.status === 'received');
    row.cny = d.currency === 'CNY' ? d.cashNumber || 0 : 0;
    row.worth = d.cash === null && d.value_currency === 'CNY' ? d.valueNumber || 0 : 0;
    row.form = d.cash !== null ? (d.goods ? 'both' : 'cash') : d.goods || d.value !== null ? 'goods' : 'none';
    row.sortAmount = Math.max(d.cashNumber || 0, d.valueNumber || 0);
  }
  return rows;
}

/* What a row is searched by; made when it is first asked for. */
function haystack(row) {
  if (!row.text) {
    const parts = [row.donor, row.recipient, row.place];
    for (const d of row.donations)
      parts.push(d.donor, d.person, d.role, d.association, d.goods, d.recipients, d.channels, d.cash, d.evidence, d.page.title, d.page.source, d.page.url);
    row.text = fold(parts.filter(Boolean).join('\n'));
  }
  return row.text;
}
const fold = text => text.normalize('NFKC').toLowerCase();
