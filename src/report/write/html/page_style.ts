// The style sheet of every page: each text at a contrast of 4.5 : 1, nothing by colour alone; `data-theme` outweighs the system.

const LIGHT =
  "--ground:#f5f6f8;--card:#fff;--ink:#1b1f24;--muted:#57606a;--line:#dfe3e8;--link:#0a5cad;--mark:#e8f1fb;" +
  "--notice:#fff4d6;--shade:#eceff3;--worse:#b3261e;--better:#0a7a4a";
const DARK =
  "--ground:#0d1014;--card:#14181d;--ink:#e6e9ee;--muted:#a3adb8;--line:#2a3037;--link:#7db8f5;--mark:#16283c;" +
  "--notice:#33290f;--shade:#1d232a;--worse:#ff9c94;--better:#56d6a0";

export const PAGE_STYLE: string = `
*,*::before,*::after{box-sizing:border-box}
:root{color-scheme:light dark;${LIGHT};scroll-padding-top:.25rem}
@media (prefers-color-scheme:dark){:root{${DARK}}}
:root[data-theme=light]{color-scheme:light;${LIGHT}}
:root[data-theme=dark]{color-scheme:dark;${DARK}}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
header,.page{max-width:80rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:1.75rem}
.top{display:flex;gap:1rem;align-items:flex-start;justify-content:space-between}
h1 code{font-size:inherit;font-family:inherit;line-height:inherit;background:none;padding:0;display:inline}
h1{margin:0;font-size:1.75rem;line-height:1.2;letter-spacing:-.01em;text-wrap:balance}
h2{margin:0;font-size:1.3rem;line-height:1.3}
h3{margin:1.25rem 0 .25rem;font-size:1rem}
p{margin:.5rem 0}
ul{margin:.5rem 0;padding-left:1.25rem}
a{color:var(--link);text-underline-offset:.15em}
small{font-size:.8125rem;color:var(--muted)}
code,pre{font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
code{unicode-bidi:isolate;background:var(--shade);border-radius:4px;padding:0 .3em;display:inline-block;max-width:100%;line-height:1.35}
.notes code,.question code,dd code{display:inline}
pre code{background:none;padding:0;display:inline;white-space:pre}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;z-index:9;background:var(--card);padding:.5rem 1rem}
.facts{list-style:none;margin:.6rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;color:var(--muted);font-size:.9375rem}
.facts strong{font-weight:600;color:var(--ink)}
.notice{background:var(--notice);border-radius:6px;padding:.6rem .9rem;margin:1rem 0 0}
.answer{font-size:1.0625rem;margin:1rem 0 0;max-width:64rem}
.answer code{display:inline}
nav{margin:1.1rem 0 0;border-block:1px solid var(--line)}
nav ul{list-style:none;margin:0;padding:.45rem 0;display:flex;flex-wrap:wrap;gap:.1rem 1rem;font-size:.9rem}
nav a{display:inline-block;padding:.2rem 0;text-decoration:none}
nav a:hover{text-decoration:underline}
section{margin:2.25rem 0 0}
main>section:last-child{margin-bottom:4rem}
.anchor{font-weight:400;color:var(--muted);text-decoration:none;padding:0 .25rem;opacity:0}
h2:hover .anchor,.anchor:focus-visible{opacity:1}
@media (hover:none){.anchor{opacity:1}}
.bar{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;gap:0 .9rem;align-items:baseline;justify-content:space-between;background:var(--ground);border-bottom:1px solid var(--line);padding:.5rem 0}
.bar p{margin:0}
.placement{font-size:.875rem;color:var(--muted);white-space:nowrap}
.placement::before{content:"";display:inline-block;width:.5em;height:.5em;border-radius:50%;background:var(--link);margin-right:.45em}
.question{font-size:1.125rem;font-weight:600;margin:.75rem 0 .25rem}
.notes,.where,.warnings,.answers,.source,.part>ul,.part>h3{max-width:54rem}
.notes,.where,.source{color:var(--muted);font-size:.9375rem}
.findings{list-style:none;padding:0;margin:.75rem 0;background:var(--card);border:1px solid var(--line);border-radius:8px}
.findings li{padding:.65rem 1rem;border-top:1px solid var(--line)}
.findings li:first-child{border-top:0}
.findings small{display:block;margin-top:.1rem}
.findings strong{white-space:nowrap}
.warnings li,.answers li,.skips li{margin:.4rem 0}
.short{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:.4rem 0 1.25rem;width:fit-content;max-width:100%}
.short th,.short td{vertical-align:baseline}
.short td:not(.label){white-space:nowrap}
.short tbody th{font-weight:400;white-space:normal;text-align:left;max-width:26rem;overflow-wrap:break-word}
.short tbody th small,.short td small{display:block}
.short td.label{white-space:normal;max-width:24rem;overflow-wrap:break-word}
.short td.sure,.short td.open{white-space:nowrap}
.short code{display:inline}
.short tbody:first-of-type>tr:first-child>*{border-top:0}
.short tbody:not(:first-of-type) tr:first-child>*{border-top:1px solid var(--line)}
.short tbody tr:not(:first-child)>*{border-top-style:dotted}
.short tbody tr:hover>*{background:none}
.short .sure::before{content:"\\25cf";color:var(--better);margin-right:.4em}
.short .open::before{content:"\\25cb";color:var(--muted);margin-right:.4em}
.bounds{white-space:nowrap;color:var(--muted);font-size:.9em}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,34rem),1fr));gap:1rem;margin:1.25rem 0;align-items:start}
.chart{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden;max-width:38.5rem}
.chart svg{display:block;width:100%;height:auto;min-width:28rem}
.chart,.table,.caption,table{scroll-margin-top:3.5rem}
.scroll{overflow-x:auto;overscroll-behavior-x:contain}
.more{box-shadow:inset -1.25rem 0 1rem -1rem var(--muted)}
.table:has(.more)::after,.chart:has(.more)::after{content:"More to the right: scroll \\2192";display:block;color:var(--muted);font-size:.8125rem;padding:.25rem .5rem;text-align:right}
.fold{margin:1rem 0;border:1px solid var(--line);border-radius:8px;background:var(--card)}
.fold>summary{padding:.6rem 1rem;cursor:pointer;font-weight:600;border-radius:8px}
.fold>summary h2{display:inline;font-size:1.05rem}
.fold>summary small{font-weight:400;margin-left:.35rem}
.fold>summary:hover{background:var(--shade)}
.fold>:not(summary){margin-left:1rem;margin-right:1rem}
.fold .table{margin-bottom:1rem}
.fold .findings{border:0}
.fold .findings li{padding-inline:0}
.part{margin:0}
section:has(>.part){margin-top:1rem}
.caption{color:var(--muted);font-size:.9375rem;margin:.9rem 0 .4rem;max-width:54rem}
.tools{display:flex;flex-wrap:wrap;gap:.5rem .9rem;align-items:center;margin:.4rem 0 .6rem;font-size:.9375rem}
.tools[hidden]{display:none}
.tools label{display:inline-flex;gap:.4rem;align-items:center}
.selects{display:contents}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--muted);border-radius:6px;padding:.3rem .6rem;min-height:2.1rem;max-width:100%}
input{width:11rem}
input::placeholder{color:var(--muted);opacity:1}
button{cursor:pointer}
button:hover{background:var(--shade)}
.theme{flex:none;font-size:.9375rem}
[aria-pressed=true]{background:var(--mark);border-color:var(--link)}
.count{color:var(--muted)}
.table .scroll{width:fit-content;max-width:100%;background:var(--card);border:1px solid var(--line);border-radius:8px}
table{border-collapse:separate;border-spacing:0;min-width:min(100%,24rem);font-size:.9375rem;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .7rem;text-align:right;vertical-align:top;border-top:1px solid var(--line);white-space:nowrap;overflow-wrap:normal}
thead th{border-top:0;border-bottom:1px solid var(--muted);font-weight:600;vertical-align:bottom;background:var(--card)}
tbody tr:first-child>*{border-top:0}
tbody tr:hover>*{background:var(--shade)}
th.label,th[scope=row],td.label{text-align:left}
th[scope=row]{font-weight:600}
th[scope=row],thead th.label:first-child{position:sticky;left:0;background:var(--card);z-index:1}
th[scope=row],td.label,th.label{max-width:22rem;overflow:hidden;text-overflow:ellipsis}
td.long{white-space:normal;min-width:16rem;max-width:30rem;overflow-wrap:anywhere}
td.regressed::before{content:"\\25b2";margin-right:.35em;color:var(--worse)}
td.improved::before{content:"\\25bc";margin-right:.35em;color:var(--better)}
.wrap{white-space:normal;overflow-wrap:break-word;min-width:15rem}
td.label[data-value]{white-space:nowrap!important}
td.none{color:var(--muted)}
td.best{background:var(--mark)}
thead button{border:0;background:none;padding:.1rem .2rem;margin:-.1rem -.2rem;min-height:1.6rem;font-weight:600;text-align:inherit;white-space:nowrap;border-radius:4px}
thead button::after{content:"\\2195";display:inline-block;width:1em;text-align:center;color:var(--muted);font-weight:400}
[aria-sort=ascending] button::after{content:"\\2191";color:var(--ink)}
[aria-sort=descending] button::after{content:"\\2193";color:var(--ink)}
.figure summary{cursor:pointer;list-style:none;border-radius:3px}
.figure summary::-webkit-details-marker{display:none}
.figure summary small{display:block;white-space:nowrap}
table small{font-size:.86em}
.figure .speed{display:block}
.figure .speed small{display:inline}
.figure summary:hover{text-decoration:underline dotted;text-underline-offset:.2em}
.figure p{margin:.2rem 0 0 auto;font-size:.8125rem;color:var(--muted);white-space:normal;width:13rem;text-align:right;overflow-wrap:anywhere}
.figure p code{background:none;padding:0;display:inline}
dl{display:grid;grid-template-columns:minmax(8rem,15rem) 1fr;gap:.4rem 1.25rem;margin:.5rem 0 1rem;font-size:.9375rem;max-width:64rem}
dt{font-weight:600}
dd{margin:0}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;margin:.75rem 0}
.verdict{font-weight:600;white-space:nowrap}
@media (max-width:44rem){
header,.page{padding-inline:1rem}
header{padding-top:1.1rem}
h1{font-size:1.4rem}
.bar h2{font-size:1.15rem}
.facts{font-size:.875rem}
nav ul{gap:.1rem .9rem}
dl{grid-template-columns:1fr;gap:.1rem}
dd{margin-bottom:.6rem}
th,td{padding:.4rem .55rem}
th[scope=row],td.label:not(.long),th.label{max-width:8.5rem;min-width:0;white-space:normal;overflow-wrap:break-word}
.wrap{min-width:8.5rem!important;overflow-wrap:break-word}
.tools select{max-width:9rem}
.findings li{padding:.6rem .8rem}
.short{width:auto}
.short table,.short tbody{display:block}
.short thead{position:absolute;left:-999rem}
.short tr{display:grid;grid-template-columns:1fr auto;gap:.15rem .8rem;padding:.55rem .8rem}
.short tbody th,.short tbody td{padding:0;border:0!important;min-width:0;max-width:none!important;text-align:left}
.short tbody th,.short td.sure,.short td.open{grid-column:1/-1}
.short tbody td:nth-last-child(2){display:none}
.short tbody:not(:first-of-type){border-top:1px solid var(--line)}
.short td.sure,.short td.open{font-size:.875em;color:var(--muted)}
.fold>:not(summary){margin-left:.7rem;margin-right:.7rem}
.tools label,.tools input[type=search]{flex:1 1 auto}
}
@media print{
:root,:root[data-theme]{color-scheme:light;${LIGHT};--ground:#fff}
body{font-size:10pt}
.table::after,.chart::after,.skip,nav,.hint,.tools,.theme,.anchor,thead button::after{display:none!important}
.bar{position:static}
.scroll{overflow:visible}
.chart,tr,.findings li{break-inside:avoid}
h2,.caption,.bar{break-after:avoid}
.fold::details-content{content-visibility:visible;block-size:auto}
.fold>summary{list-style:none}
table{font-size:7.5pt}
.wrap,td.long{min-width:0}
.figure summary small{white-space:normal}
th,td{padding:.15rem .35rem;white-space:normal}
th[scope=row],thead th.label:first-child{position:static}
.chart svg{min-width:0}
}
`;
