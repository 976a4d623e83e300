/* What a row unfolds into: the sentences with who, what and to whom marked, and where they stand. */

/* Innermost marks win: of two spans that overlap, the shorter one is marked, the other around it. */
function marked(d) {
  const points = Array.from(d.evidence), all = spansOf(d.id), base = all.find(s => s.field === 'evidence');
  const spans = base ? all.filter(s => s.field !== 'evidence' && word('fields')[s.field])
    .map(s => ({field: s.field, start: s.start - base.start, end: s.end - base.start}))
    .filter(s => s.start >= 0 && s.end <= points.length && s.start < s.end) : [];
  const owner = new Array(points.length).fill(null);
  for (const span of spans.sort((a, b) => (b.end - b.start) - (a.end - a.start))) owner.fill(span, span.start, span.end);
  const out = make('blockquote', {lang: 'zh', class: 'evidence'});
  for (let at = 0, end; at < points.length; at = end) {
    for (end = at + 1; end < points.length && owner[end] === owner[at]; end++);
    const text = points.slice(at, end).join('');
    out.append(owner[at] ? make('mark', {class: owner[at].field, title: word('fields')[owner[at].field]}, text) : text);
  }
  return out;
}

/* Only what is a web address becomes a link. */
function webLink(url, text) {
  let parsed = null;
  try { parsed = new URL(url); } catch { /* no URL */ }
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return make('span', {class: 'muted', title: url}, `${word('noLink')}: ${url}`);
  return make('a', {href: parsed.href, rel: 'noopener noreferrer', target: '_blank'}, text);
}

function fact(name, value) {
  return value ? [make('div', {}, make('dt', {}, name), make('dd', {lang: 'zh'}, value))] : [];
}

function dateOf(ms) {
  const number = Number(ms);
  return number > 0 ? new Date(number).toISOString().slice(0, 10) : '';
}

/* What the page said before it was corrected, the latest first. */
function earlier(d) {
  const out = [];
  for (let before = d.before, seen = 0; before && seen < 20; before = before.before, seen++) {
    const end = before.endedBy ? dateOf(before.endedBy.fetched_at) : '';
    out.push(make('div', {class: 'before'}, make('p', {class: 'muted'}, `${word('before')}${end ? ` (${word('until')} ${end})` : ''}: ${giftText(before)}`), marked(before)));
  }
  return out;
}

function ending(d) {
  if (d.state !== 'superseded') return null;
  const gone = d.endedBy && d.endedBy.gone, date = d.endedBy ? dateOf(d.endedBy.fetched_at) : '';
  return make('p', {class: 'badge past'}, `${gone ? word('pageGone') : word('noLonger')}${date ? `, ${word('since')} ${date}` : ''}`);
}

function clues(d) {
  if (!d.why) return null;
  let why = null;
  try { why = JSON.parse(d.why); } catch { return null; }
  if (!why || !why.clues) return null;
  const items = Object.entries(why.clues).map(([clue, [found, points]]) =>
    make('li', {}, `${word('clues')[clue] || clue}: ${found} (${points > 0 ? '+' : ''}${points})`));
  return make('details', {class: 'why'}, make('summary', {}, word('why')), make('ul', {}, ...items));
}

function told(d) {
  const page = d.page;
  const named = [...new Set([d.person, d.donor].filter(name => name && !name.split('; ').some(part => d.evidence.includes(part))))];
  return make('article', {class: 'told'},
    make('h4', {lang: 'zh'}, page.title || page.url),
    make('p', {class: 'muted'}, [page.source || page.site, page.published && `${word('published')} ${page.published}`].filter(Boolean).join(' · '), ' ', webLink(page.url, word('source'))),
    marked(d),
    named.length ? make('p', {class: 'muted', lang: 'zh'}, word('elsewhere') + named.join('、')) : null,
    ending(d), ...earlier(d), clues(d));
}

function details(row) {
  const d = row.donation, all = [d, ...row.donations.filter(x => x !== d)];
  const shown = all.slice(0, 12);
  return make('div', {class: 'detail', role: 'region'},
    make('dl', {class: 'facts'},
      ...fact(word('donor'), d.donor), ...fact(word('fields').role, [d.person, d.role].filter(Boolean).join(' ')),
      ...fact(word('affiliation'), [d.association, d.association_role].filter(Boolean).join(' ')),
      ...fact(word('what'), giftText(d)), ...fact(word('recipient'), d.recipients), ...fact(word('through'), d.channels),
      ...fact(word('date'), d.date), ...fact(word('status'), (word('statuses')[d.status] || d.status) + (d.total ? ` · ${word('total')}` : '')),
      ...fact(word('confidence'), d.confidence === null ? '' : Number(d.confidence).toFixed(2))),
    make('h3', {}, row.donations.length > 1 ? word('toldBy')(row.pages) : word('toldByOne')),
    ...shown.map(told),
    all.length > shown.length ? make('p', {class: 'muted'}, `+ ${all.length - shown.length}`) : null,
    d.doubts.length ? make('details', {class: 'why'}, make('summary', {}, `${word('doubts')}: ${d.doubts.length}`),
      make('ul', {}, ...d.doubts.slice(0, 20).map(o => make('li', {lang: 'zh'}, `${o.day} ${o.donor || ''} ${giftText(o)} `, webLink(o.page.url, o.page.title || o.page.url))))) : null);
}
