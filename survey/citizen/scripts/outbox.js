// The page of the outbox: asks the worker what waits and to send it.  The answers themselves never come here.
const place = name => document.getElementById(name);
const sentence = (name, values) => place("words").dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
const day = moment => new Date(moment).toLocaleDateString(document.documentElement.lang, {timeZone: "Asia/Ho_Chi_Minh"});
const phone = navigator.serviceWorker;

function ask(wish) {
  if (phone && phone.controller) phone.controller.postMessage(wish);
}

function say(text, href) {
  const line = document.createElement(href ? "a" : "p");
  line.textContent = text;
  if (href) Object.assign(line, {href, className: "button quiet"});
  place("news").append(line);
}

function show({data}) {
  const {waiting, news, sent} = data;
  place("title").textContent = document.title = sentence(waiting.length ? "waiting" : "none", {});
  place("some").hidden = !waiting.length;
  place("list").replaceChildren(...waiting.map(each => {
    const line = document.createElement("li");
    line.textContent = sentence("line", {counter: each.counter, day: day(each.at)});
    return line;
  }));
  for (const each of news) say(sentence(each.kind, {counter: each.counter, day: day(each.at)}));
  if (sent !== undefined) say(sentence("sent", {}), sent);
  if (waiting.length) Object.assign(place("new"), {href: waiting[waiting.length - 1].path + location.search, hidden: false});
}

if (location.hash === "#none") say(sentence("empty", {}));
if (phone) phone.addEventListener("message", show);
if (phone) phone.ready.then(() => ask("send"));
place("send").addEventListener("click", () => ask("send"));
place("delete").addEventListener("click", () => confirm(sentence("sure", {})) && ask("delete"));
addEventListener("online", () => ask("send"));
document.addEventListener("visibilitychange", () => ask("send"));
setInterval(() => ask("send"), 15000);
