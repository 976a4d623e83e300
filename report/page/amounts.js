/* Sums as people read them. Amounts are shown in the digits of the store; only totals are computed. */

const UNITS = {CNY: '元', HKD: '港元', USD: '美元', EUR: '欧元', JPY: '日元', TWD: '新台币', MOP: '澳门元', GBP: '英镑'};
const MARKS = {zh: {about: '约', more_than: '超过 ', nearly: '近', range: '起'}, en: {about: '≈ ', more_than: '> ', nearly: '≲ ', range: '≥ '}};

function grouped(decimal) {
  const [whole, rest = ''] = decimal.split('.');
  const fraction = rest.replace(/0+$/, '');
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (fraction ? `.${fraction}` : '');
}

function money(decimal, currency, qualifier) {
  const mark = MARKS[language][qualifier] || '';
  const sum = grouped(decimal);
  if (language === 'zh') return `${mark}${sum} ${UNITS[currency] || currency || ''}`.trim();
  return `${mark}${currency === 'CNY' ? '¥' : `${currency || ''} `}${sum}`;
}

/* A total in few digits: 123.4 万元, ¥1.23M. */
function shortSum(number, currency = 'CNY') {
  if (language === 'zh') {
    const unit = UNITS[currency] || currency;
    if (number >= 1e8) return `${trim(number / 1e8)} 亿${unit}`;
    if (number >= 1e4) return `${trim(number / 1e4)} 万${unit}`;
    return `${trim(number)} ${unit}`;
  }
  const mark = currency === 'CNY' ? '¥' : `${currency} `;
  if (number >= 1e9) return `${mark}${trim(number / 1e9)}B`;
  if (number >= 1e6) return `${mark}${trim(number / 1e6)}M`;
  if (number >= 1e4) return `${mark}${trim(number / 1e3)}K`;
  return mark + trim(number);
}
const trim = number => number.toLocaleString('en', {maximumFractionDigits: number < 100 ? 2 : number < 1000 ? 1 : 0});

/* What was given, in a line. */
function giftText(d) {
  const parts = [];
  if (d.cash !== null) parts.push(money(d.cash, d.currency, d.qualifier));
  if (d.goods) parts.push(d.goods);
  if (d.value !== null) parts.push(`(${money(d.value, d.value_currency)})`);
  return parts.join(language === 'zh' ? '，' : ', ');
}
