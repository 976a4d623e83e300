'use strict';

/* What the page itself says, in two languages. What crawled pages say is never translated. */
const WORDS = {
  zh: {
    language: 'English', title: '捐赠报告', search: '搜索捐赠人、受赠方、物资、原文……', filters: '筛选', from: '从', to: '到',
    least: '金额不少于（元）', kind: '捐赠人类别', status: '状态', pages: '来源页数', past: '也列出网页已不再提及的', sort: '排序',
    none: '没有符合条件的捐赠。', all: '全部', reset: '清除筛选',
    gifts: '捐赠', gift: '笔捐赠', donors: '捐赠人', cash: '现金', worth: '物资估值', webPages: '网页', period: '期间',
    other: '其他币种', pledged: '认捐（未计入）',
    byMonth: '按月现金', byDonor: '现金最多的捐赠人', byRecipient: '收到现金最多的受赠方', byPlace: '按地区现金',
    byKind: '按捐赠人类别现金', byForm: '捐赠形式（笔数）',
    date: '日期', donor: '捐赠人', what: '捐赠内容', recipient: '受赠方', place: '地区', told: '网页',
    unnamed: '（未具名）', unknown: '（不详）', more: '更多',
    toldBy: n => `${n} 个网页提到这笔捐赠`, toldByOne: '出处', source: '查看原网页', noLink: '来源地址不是网页链接',
    elsewhere: '同页别处提到：', before: '此前网页写的是', until: '直到', noLonger: '网页已不再提及', pageGone: '网页已删除',
    corrected: '已更正', since: '自', why: '为什么认为是同一笔', doubts: '可能是同一笔（未合并）', points: '分',
    confidence: '可信度', affiliation: '所属协会', through: '经由', published: '发布', total: '合计数（未计入）',
    one: '只有一个', several: '两个以上',
    rules: '合计口径：同一笔捐赠由多个网页提到时只计一次；多人合计数、认捐、转发（再分配）以及网页已不再提及的不计入；现金只合计人民币，物资按网页写明的价值。',
    rulesRaw: '合计口径：多人合计数、认捐、转发（再分配）以及网页已不再提及的不计入；现金只合计人民币，物资按网页写明的价值。',
    unresolved: '这个库还没有运行过 almoner resolve：多个网页提到同一笔捐赠时会重复计算。',
    asOf: d => `数据截至 ${d}`, matching: (n, all) => n === all ? `共 ${all} 行` : `${all} 行中的 ${n} 行`,
    printed: n => `只打印前 ${n} 行。`, fields: {donor: '捐赠人', role: '职务', cash: '金额', goods: '物资', value: '价值', recipient: '受赠方', channel: '经由', date: '日期'},
    statuses: {given: '已捐', received: '已收到', pledged: '认捐', distributed: '再分配'},
    kinds: {company: '企业', association: '协会商会', charity: '慈善组织', government: '政府', party: '党组织', school: '学校', hospital: '医院', media: '媒体', military: '部队', community: '社区', other: '其他组织', person: '个人', none: '未具名'},
    forms: {cash: '现金', goods: '物资', both: '现金和物资', none: '未写明'},
    clues: {donor: '捐赠人', amount: '数额', date: '日期', recipient: '受赠方', place: '地区', wording: '措辞', others: '同页其他捐赠'},
  },
  en: {
    language: '中文', title: 'Donations', search: 'Search donors, receivers, goods, evidence …', filters: 'Filters', from: 'From', to: 'To',
    least: 'At least (CNY)', kind: 'Kind of donor', status: 'Status', pages: 'Pages', past: 'Also what pages no longer tell', sort: 'Sort',
    none: 'No donation fits.', all: 'all', reset: 'Clear',
    gifts: 'Gifts', gift: 'gifts', donors: 'Donors', cash: 'Cash', worth: 'Goods, stated value', webPages: 'Pages', period: 'Period',
    other: 'Other currencies', pledged: 'Pledged (not counted)',
    byMonth: 'Cash by month', byDonor: 'Donors by cash', byRecipient: 'Receivers by cash', byPlace: 'Cash by place',
    byKind: 'Cash by kind of donor', byForm: 'Form of gifts (number)',
    date: 'Date', donor: 'Donor', what: 'Gift', recipient: 'Receiver', place: 'Place', told: 'Pages',
    unnamed: '(unnamed)', unknown: '(unknown)', more: 'more',
    toldBy: n => `Told by ${n} pages`, toldByOne: 'Evidence', source: 'Open the page', noLink: 'its address is no web link',
    elsewhere: 'Named elsewhere on the page: ', before: 'Before, the page said', until: 'until', noLonger: 'no longer told', pageGone: 'page deleted',
    corrected: 'corrected', since: 'since', why: 'Why this is one gift', doubts: 'Possibly the same gift (kept apart)', points: 'points',
    confidence: 'Confidence', affiliation: 'Association', through: 'Through', published: 'published', total: 'a sum over others (not counted)',
    one: 'one only', several: 'two and more',
    rules: 'How sums count: a gift that several pages tell counts once. Sums over others, pledges, what is handed on, and what pages no longer tell do not count. Cash is CNY only; goods count at the value that the page states.',
    rulesRaw: 'How sums count: sums over others, pledges, what is handed on, and what pages no longer tell do not count. Cash is CNY only; goods count at the value that the page states.',
    unresolved: 'This store was not resolved (almoner resolve): a gift that several pages tell counts each time.',
    asOf: d => `as of ${d}`, matching: (n, all) => n === all ? `${all} rows` : `${n} of ${all} rows`,
    printed: n => `Only the first ${n} rows are printed.`, fields: {donor: 'donor', role: 'role', cash: 'amount', goods: 'goods', value: 'value', recipient: 'receiver', channel: 'through', date: 'date'},
    statuses: {given: 'given', received: 'received', pledged: 'pledged', distributed: 'handed on'},
    kinds: {company: 'company', association: 'association', charity: 'charity', government: 'government', party: 'party', school: 'school', hospital: 'hospital', media: 'media', military: 'military', community: 'community', other: 'other body', person: 'person', none: 'unnamed'},
    forms: {cash: 'cash', goods: 'goods', both: 'cash and goods', none: 'not told'},
    clues: {donor: 'donor', amount: 'amount', date: 'date', recipient: 'receiver', place: 'place', wording: 'wording', others: 'further gifts of both pages'},
  },
};

let language = /^zh\b/i.test(navigator.language || '') ? 'zh' : 'en';
const word = key => WORDS[language][key];

/* The one way to make an element: text goes in as text nodes. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child != null && child !== ''));
  return element;
}
const byId = id => document.getElementById(id);
