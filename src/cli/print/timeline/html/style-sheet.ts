/** Colours that keep their contrast on both grounds; red is never the only sign of a failure. */
const colors = `
:root{color-scheme:light dark;--ground:#fbfbfa;--card:#fff;--ink:#1d2329;--soft:#5b6670;--line:#dfe3e6;--grid:#e9ecee;
--pre:#d9932b;--held:#2f6db5;--post:#3c9a73;--cutting:#8b5fbf;--settling:#b79fd6;--copying:#7d8c99;--bad:#c0392b;--bad-ground:#fbeae8;--good:#2c7a57;--good-ground:#e6f3ed;--link:#1f5fa8}
@media (prefers-color-scheme:dark){:root{--ground:#14181c;--card:#1b2026;--ink:#e4e8eb;--soft:#9aa6b0;--line:#323a42;--grid:#2a3138;
--pre:#dba04a;--held:#5b9be0;--post:#56b68c;--cutting:#a985d8;--settling:#7a62a0;--copying:#84929e;--bad:#f0877b;--bad-ground:#3a2322;--good:#74c9a0;--good-ground:#1d3329;--link:#82b6ee}}
@media print{:root{--ground:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--grid:#ddd;--pre:#d9932b;--held:#2f6db5;--post:#3c9a73;--cutting:#8b5fbf;--settling:#b79fd6;--copying:#7d8c99;--bad:#a52a1e;--bad-ground:#fff;--good:#206043;--good-ground:#fff;--link:#000}
*{print-color-adjust:exact}details::details-content{content-visibility:visible;display:block}figure,tr,.item,li{break-inside:avoid}.scroll{overflow:visible!important}body{font-size:10pt}}
`;

const text = `
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;text-size-adjust:100%}
main,footer{max-width:1120px;margin:0 auto;padding:0 20px}
main{padding-top:36px}
header,section{margin-bottom:44px}
.kind{margin:0;color:var(--soft);font-size:.85rem}
h1{margin:0;font-size:clamp(1.4rem,3.4vw,2rem);line-height:1.25;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{margin:0 0 12px;font-size:1.2rem;font-weight:650}
h3{margin:0;font-size:1rem;font-weight:600;overflow-wrap:anywhere}
p{margin:0 0 8px;overflow-wrap:anywhere}
a{color:var(--link)}
.lead{margin:6px 0 18px;font-size:1.05rem;color:var(--soft)}.lead strong{color:var(--ink);font-weight:650}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,310px),1fr));gap:0 32px;margin:0;border-top:1px solid var(--line)}
dl div{display:flex;gap:12px;padding:7px 0;border-bottom:1px solid var(--line)}
dt{flex:0 0 5rem;color:var(--soft)}dd{margin:0;min-width:0;overflow-wrap:anywhere;unicode-bidi:isolate}
.state{display:inline-block;padding:0 8px;border-radius:4px;background:var(--good-ground);color:var(--good);font-size:.85em;font-weight:550}
.state.none{background:var(--grid);color:var(--soft)}
.state.bad{background:var(--bad-ground);color:var(--bad)}
.phase{font-size:.85rem;line-height:1.7;vertical-align:middle;letter-spacing:0}
.note,.of{color:var(--soft);font-size:.875rem}
.problem{margin:2px 0 0;color:var(--bad);font-size:.875rem;white-space:pre-line}
.bad{color:var(--bad)}.len{white-space:nowrap;font-weight:600}
.len.bad::after{content:" · failed";font-weight:400}
.count{color:var(--soft);font-weight:400}
td,li,summary,b,h1,h3,pre,code,.problem,.note{unicode-bidi:isolate}
footer{padding-bottom:36px;color:var(--soft);font-size:.85rem}
`;

const pictures = `
figure{margin:12px 0 0}
.legend,.parts{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 14px;padding:0;list-style:none;font-size:.875rem;color:var(--soft)}
.parts b{color:var(--ink)}
.legend li{display:flex;align-items:center;gap:7px}
.block{margin:0 0 16px;padding:14px 18px 16px;background:var(--card);border:1px solid var(--line);border-radius:8px}
.block>summary{display:flex;gap:10px;align-items:baseline;cursor:pointer;list-style:none}
.block>summary::before{content:"\\25b8";color:var(--soft)}.block[open]>summary::before{content:"\\25be"}.block h3{flex:1}
.block[open]>summary{margin-bottom:8px}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:2px solid var(--link);outline-offset:3px;border-radius:3px}
.axis{position:relative;height:20px;font-size:.75rem;color:var(--soft)}
.axis span{position:absolute;white-space:nowrap;padding:0 4px;line-height:20px}.axis .start{border-left:1px solid var(--line)}.axis .end{border-right:1px solid var(--line);transform:translateX(-100%)}
.item{margin-top:8px}
.label{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;font-size:.9rem}
.label b{font-weight:600;overflow-wrap:anywhere}.figures{color:var(--soft);font-size:.85rem}
svg.lane{display:block;overflow:hidden}
.item svg.lane{background:linear-gradient(var(--grid),var(--grid)) center/100% 1px no-repeat}
.grid{stroke:var(--grid)}
.pre{fill:var(--pre)}.held{fill:var(--held)}.post{fill:var(--post)}.cutting{fill:var(--cutting)}.settling{fill:var(--settling)}.copying{fill:var(--copying)}.cut{fill:var(--ink);stroke:var(--card)}.beyond{fill:var(--soft)}
.failed{fill:var(--bad-ground);stroke:var(--bad);stroke-width:2;stroke-dasharray:4 2}
.overview{padding:12px 18px;background:var(--card);border:1px solid var(--line);border-radius:8px;margin-top:0}
.row{display:grid;grid-template-columns:minmax(120px,22%) 1fr 7.5rem;gap:0 14px;align-items:center;font-size:.9rem}
.row a{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.row .len{text-align:right}.head .len{font-weight:400;color:var(--soft);font-size:.75rem}
`;

const tables = `
.scroll{overflow-x:auto;margin:14px 0 0}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.4}
caption{text-align:left;color:var(--soft);padding-bottom:6px}
th{text-align:left;font-weight:550;color:var(--soft)}
th,td{padding:6px 16px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
td{min-width:4.5rem;max-width:26rem;overflow-wrap:break-word}
td p{margin:2px 0 0}
.number{white-space:nowrap;min-width:0}.numbers{margin-top:12px;font-size:.875rem}.numbers summary,.output summary{color:var(--soft)}.wide{min-width:14rem}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.8125rem}
code{white-space:pre-wrap}
pre{margin:0 0 8px;padding:10px 12px;max-height:20rem;overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
.output{margin-top:10px;font-size:.875rem}.output summary{cursor:pointer;overflow-wrap:anywhere}
.output p{margin:6px 0 2px}
.findings{margin:0;padding:0;list-style:none;border-top:1px solid var(--line)}
.findings li{padding:8px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.findings p{margin:2px 0 0}
@media (max-width:600px){main,footer{padding-left:14px;padding-right:14px}.block,.overview{padding-left:12px;padding-right:12px}
.row{grid-template-columns:1fr auto}.row svg.lane,.row .axis{grid-column:1/-1;grid-row:2}.row.head .len{display:none}.row{margin-bottom:4px}.axis span:nth-child(even){visibility:hidden}}
`;

/** The whole look of the page: light, dark, on paper, from 360 pixels on. */
export const styleSheet = colors + text + pictures + tables;
