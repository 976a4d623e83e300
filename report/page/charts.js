/* Charts as SVG. Each bar is a button that filters the table. */

const SVG = 'http://www.w3.org/2000/svg';

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function bar(label, choose, ...shapes) {
  const group = draw('g', {class: 'bar', tabindex: 0, role: 'button', 'aria-label': label}, draw('title', {}, label), ...shapes);
  group.addEventListener('click', choose);
  group.addEventListener('keydown', event => {
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(); }
  });
  return group;
}

/* Han count for one em, others for a little more than half. */
function fitted(text, ems) {
  let width = 0, out = '';
  for (const c of text) {
    width += c.codePointAt(0) > 0x2E7F ? 1 : 0.56;
    if (width > ems) return `${out}…`;
    out += c;
  }
  return out;
}

function barsAcross(sums, width, label, choose) {
  const rowHeight = 28, nameWidth = Math.min(Math.max(width * 0.42, 110), 260), sumWidth = 92;
  const scale = Math.max(width - nameWidth - sumWidth, 20) / Math.max(...sums.map(s => s.size), 1);
  const svg = draw('svg', {viewBox: `0 0 ${width} ${sums.length * rowHeight}`, width, height: sums.length * rowHeight, role: 'group', 'aria-label': label});
  sums.forEach((sum, i) => {
    const y = i * rowHeight, length = Math.max(sum.size * scale, 1);
    svg.append(bar(`${sum.label}: ${sum.text}`, () => choose(sum),
      draw('rect', {class: 'hit', x: 0, y, width, height: rowHeight}),
      draw('text', {class: 'name', x: nameWidth - 8, y: y + 18, 'text-anchor': 'end', lang: 'zh'}, fitted(sum.label, (nameWidth - 8) / 13.5)),
      draw('rect', {class: 'fill', x: nameWidth, y: y + 5, width: length, height: rowHeight - 11, rx: 2}),
      draw('text', {class: 'sum', x: nameWidth + length + 6, y: y + 18}, sum.short)));
  });
  return svg;
}

/* A round number a little above @p most, for the axis. */
function roundUp(most) {
  const power = 10 ** Math.floor(Math.log10(most || 1));
  return [1, 2, 2.5, 5, 10].map(n => n * power).find(n => n >= most) || most;
}

function barsUp(sums, width, label, choose) {
  const height = 210, left = 64, bottom = 24, topSpace = 12, most = roundUp(Math.max(...sums.map(s => s.cny)));
  const step = (width - left - 4) / sums.length, gap = step > 6 ? 2 : step > 3 ? 1 : 0, inner = height - bottom - topSpace;
  const svg = draw('svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': label});
  for (const part of [0, 0.5, 1]) {
    const y = topSpace + inner * (1 - part);
    svg.append(draw('line', {class: 'grid', x1: left, x2: width, y1: y, y2: y}),
      draw('text', {class: 'axis', x: left - 6, y: y + 4, 'text-anchor': 'end'}, shortSum(most * part)));
  }
  const every = Math.max(1, Math.ceil(58 / step));
  sums.forEach((sum, i) => {
    const length = inner * sum.cny / most, x = left + i * step;
    svg.append(bar(`${sum.name}: ${shortSum(sum.cny)}, ${sum.gifts} ${word('gift')}`, () => choose(sum),
      draw('rect', {class: 'hit', x, y: topSpace, width: step, height: inner}),
      draw('rect', {class: 'fill', x: x + gap / 2, y: topSpace + inner - length, width: Math.max(step - gap, 0.5), height: length})));
    if (i % every === 0 && x <= width - 46) svg.append(draw('text', {class: 'axis', x, y: height - 6}, sum.name));
  });
  return svg;
}

/* A figure of its own; nothing where there is nothing to draw. */
function chart(id, name, sums, drawn) {
  if (!sums.length) return;
  const box = make('figure', {class: `chart chart-${id}`, id: `chart-${id}`}, make('figcaption', {}, name));
  byId('charts').append(box);
  const style = getComputedStyle(box);
  box.append(drawn(Math.max(Math.floor(box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)), 220)));
}

const inCash = sum => ({...sum, size: sum.cny, short: shortSum(sum.cny), text: `${shortSum(sum.cny)}, ${sum.gifts} ${word('gift')}`});
const inGifts = sum => ({...sum, size: sum.gifts, short: sum.gifts.toLocaleString('en'), text: `${sum.gifts} ${word('gift')}`});

/* All charts of @p rows; @p choose(field, value, label) filters by a bar. */
function drawCharts(rows, choose) {
  byId('charts').replaceChildren();
  const across = (id, name, field, sums) =>
    chart(id, name, sums, width => barsAcross(sums, width, name, s => choose(field, s.name, s.label)));
  const months = byMonth(rows), kinds = word('kinds'), forms = word('forms');
  chart('month', word('byMonth'), months, width => barsUp(months, width, word('byMonth'), s => choose('month', s.name, s.name)));
  across('donor', word('byDonor'), 'donorKey', largestNamed(rows, 'donorKey', 'donor', 12).map(inCash));
  across('recipient', word('byRecipient'), 'recipientKey', largestNamed(rows, 'recipientKey', 'recipient', 12).map(inCash));
  across('place', word('byPlace'), 'place', largest(sumBy(rows, row => row.place), 12).map(s => inCash({...s, label: s.name})));
  across('kind', word('byKind'), 'kind', largest(sumBy(rows, row => row.kind), 12).map(s => inCash({...s, label: kinds[s.name] || s.name})));
  across('form', word('byForm'), 'form', sumBy(rows, row => row.form).sort((a, b) => b.gifts - a.gifts).map(s => inGifts({...s, label: forms[s.name]})));
}
