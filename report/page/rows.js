/*
 * The table: of thousands of rows only those in sight are in the document. Rows are of one height; what is unfolded
 * below a row is measured and pushes the rest down.
 */

const COLUMNS = ['date', 'donor', 'what', 'recipient', 'place', 'told'];
const OVERSCAN = 8, PRINT_MAX = 1000;

class RowTable {
  constructor(body) {
    this.body = body;
    this.rows = [];
    this.open = new Map(); // key of a row -> height of what it unfolds
    this.nodes = new Map();
    this.sizes = new ResizeObserver(entries => this.measured(entries));
    this.rowHeight = 0;
    let waiting = false;
    const later = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; this.render(); });
    };
    addEventListener('scroll', later, {passive: true});
    addEventListener('resize', () => { this.measureRow(); later(); });
  }

  measureRow() {
    const height = parseFloat(getComputedStyle(this.body).getPropertyValue('--row')) || 52;
    if (height !== this.rowHeight) {
      this.rowHeight = height;
      this.clear();
    }
  }

  clear() {
    for (const node of this.nodes.values()) this.drop(node);
    this.nodes.clear();
  }

  drop(node) {
    if (node.detail) this.sizes.unobserve(node.detail);
    node.remove();
  }

  show(rows) {
    this.rows = rows;
    this.places = new Map(rows.map((row, i) => [row.key, i]));
    this.clear();
    this.measureRow();
    this.render();
  }

  /* Unfolded rows by place: [index, height below it]. */
  unfolded() {
    const out = [];
    for (const [key, height] of this.open) if (this.places.has(key)) out.push([this.places.get(key), height]);
    return out.sort((a, b) => a[0] - b[0]);
  }

  topOf(index, unfolded) {
    let top = index * this.rowHeight;
    for (const [place, height] of unfolded) if (place < index) top += height;
    return top;
  }

  indexAt(y, unfolded) {
    let low = 0, high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.topOf(middle + 1, unfolded) <= y) low = middle + 1; else high = middle;
    }
    return low;
  }

  render() {
    const unfolded = this.unfolded();
    this.body.style.height = `${this.topOf(this.rows.length, unfolded)}px`;
    const above = -this.body.getBoundingClientRect().top;
    const first = Math.max(this.indexAt(above, unfolded) - OVERSCAN, 0);
    const last = Math.min(this.indexAt(above + innerHeight, unfolded) + OVERSCAN + 1, this.rows.length);
    const keep = new Set();
    for (let i = first; i < last; i++) {
      const row = this.rows[i];
      keep.add(row.key);
      let node = this.nodes.get(row.key);
      if (!node) {
        node = this.makeNode(row, i);
        this.nodes.set(row.key, node);
        this.body.append(node);
      }
      node.style.transform = `translateY(${this.topOf(i, unfolded)}px)`;
    }
    for (const [key, node] of this.nodes) if (!keep.has(key)) {
      this.drop(node);
      this.nodes.delete(key);
    }
  }

  makeNode(row, index) {
    const isOpen = this.open.has(row.key);
    const node = make('div', {class: `item${row.past ? ' is-past' : ''}${row.counts ? '' : ' is-uncounted'}`, 'data-key': row.key});
    const head = make('div', {class: 'row', role: 'row', 'aria-rowindex': index + 2, onclick: event => {
      if (!event.target.closest('a')) this.toggle(row, node);
    }}, ...cellsOf(row, isOpen));
    node.append(head);
    if (isOpen) this.unfold(row, node);
    return node;
  }

  unfold(row, node) {
    node.detail = details(row);
    node.detail.dataset.key = row.key;
    node.append(node.detail);
    this.sizes.observe(node.detail);
  }

  toggle(row, node) {
    const isOpen = this.open.has(row.key);
    if (isOpen) {
      this.sizes.unobserve(node.detail);
      node.detail.remove();
      node.detail = null;
      this.open.delete(row.key);
    } else {
      this.unfold(row, node);
      this.open.set(row.key, node.detail.offsetHeight);
    }
    node.querySelector('button').setAttribute('aria-expanded', String(!isOpen));
    this.render();
  }

  measured(entries) {
    let changed = false;
    for (const entry of entries) {
      const key = entry.target.dataset.key, height = entry.target.offsetHeight;
      if (height && this.open.has(key) && this.open.get(key) !== height) {
        this.open.set(key, height);
        changed = true;
      }
    }
    if (changed) this.render();
  }

  /* On paper all rows are needed, one below the other. */
  beforePrint() {
    this.clear();
    this.body.classList.add('flat');
    for (let i = 0; i < Math.min(this.rows.length, PRINT_MAX); i++) {
      const node = this.makeNode(this.rows[i], i);
      this.nodes.set(this.rows[i].key, node);
      this.body.append(node);
    }
    if (this.rows.length > PRINT_MAX) {
      const note = make('p', {class: 'hint'}, word('printed')(PRINT_MAX));
      this.nodes.set('note', note);
      this.body.append(note);
    }
  }

  afterPrint() {
    this.body.classList.remove('flat');
    this.clear();
    this.render();
  }
}

function cell(name, content, attributes = {}) {
  return make('div', {role: 'cell', class: `cell cell-${name}`, ...attributes}, ...[].concat(content));
}

function badges(row) {
  const d = row.donation, out = [];
  if (row.past) out.push(make('span', {class: 'badge past'}, d.endedBy && d.endedBy.gone ? word('pageGone') : word('noLonger')));
  if (d.before) out.push(make('span', {class: 'badge'}, word('corrected')));
  if (d.total) out.push(make('span', {class: 'badge'}, 'Σ'));
  if (d.status === 'pledged' || d.status === 'distributed') out.push(make('span', {class: 'badge'}, word('statuses')[d.status]));
  return out;
}

function cellsOf(row, isOpen) {
  const d = row.donation;
  const button = make('button', {type: 'button', class: 'fold', 'aria-expanded': String(isOpen), 'aria-label': `${row.shown} ${giftText(d)}`},
    make('span', {class: 'arrow', 'aria-hidden': 'true'}));
  const who = [d.donor_type !== 'person' && d.person ? d.person : '', d.role].filter(Boolean).join(' ');
  return [
    cell('date', [button, make('span', {}, row.day || '—')]),
    cell('donor', [make('span', {class: 'line', lang: 'zh'}, row.shown || word('unnamed')), make('span', {class: 'line second', lang: 'zh'}, who || (row.donor !== row.shown ? row.donor : ''))]),
    cell('what', [make('span', {class: 'line', lang: 'zh'}, giftText(d)), make('span', {class: 'line second'}, ...badges(row))]),
    cell('recipient', make('span', {class: 'two-lines', lang: 'zh'}, d.recipients || '')),
    cell('place', make('span', {class: 'line', lang: 'zh'}, row.place)),
    cell('told', String(row.pages), {'data-unit': word('told')}),
  ];
}
