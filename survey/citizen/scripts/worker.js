// The service worker of forms: without network it shows the form that it kept, each time with an unused key,
// holds answers back in the outbox, and sends each of them once.  Every decision is told in docs/adr.
const SECONDS_FOR_A_PAGE = 8;
const SECONDS_FOR_AN_ANSWER = 20;
const KEPT_HEADERS = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "Cache-Control"];
const FORM_TYPE = "application/x-www-form-urlencoded";
const KEY = /(name="key"[^>]* value=")[^"]*/;
const ACTION = /<form id="f"[^>]* action="([^"?]+)/;
const LONGEST_COMMENT = 1000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(begin()));
addEventListener("sync", event => event.waitUntil(sendAll()));
addEventListener("message", event => event.waitUntil(obey(event.data)));
addEventListener("fetch", event => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(event.request.method === "POST" ? take(event) : show(event));
});

// The first visit came without a worker: keep now what is open.
async function begin() {
  await clients.claim();
  const open = await clients.matchAll({type: "window"});
  await Promise.all(open.map(client => fetchAndKeep(client.url)));
}

async function obey(wish) {
  if (wish === "delete") await within("outbox", store => store.clear());
  else if (wish.keep) await Promise.all(wish.keep.map(address => fetchAndKeep(new URL(address, location.href).href)));
  else await sendAll();
  await tell({});
}

// --- Pages ---

async function show(event) {
  const address = event.request.url;
  const own = isOutbox(address) && await findPage(address);
  // That page asks by itself, once it can hear what became of it.
  if (own) return own;
  event.waitUntil(sendAll());
  const asked = fetch(event.request);
  asked.catch(() => undefined);
  const reply = await Promise.race([asked, pause(SECONDS_FOR_A_PAGE)]).catch(() => undefined);
  if (reply && reply.status < 500) {
    event.waitUntil(keep(address, reply.clone()));
    return withBanner(reply);
  }
  // Without a copy the browser waits, or shows its own page, as if there were no worker.
  return await copyOf(address) || asked;
}

async function copyOf(address) {
  const page = await findPage(address);
  if (!page) return undefined;
  const html = await page.text();
  const form = formOf(html);
  if (!form) return renew(html, page);
  const key = await takeKey(form);
  if (!key) return Response.redirect(outboxOf(address, "#none"));
  const hint = (await wordsOf(form)).offline;
  return renew(html.replace(KEY, `$1${key}`).replace(/<form id="f"/, `<p role="status">${hint}</p>$&`), page);
}

// A form says that something waits or was deleted; it says nothing of what.
async function withBanner(reply) {
  const waiting = await all("outbox"), news = await all("news");
  if (reply.type === "opaqueredirect" || !(waiting.length + news.length)) return reply;
  const html = await reply.text();
  const words = await wordsOf(formOf(html));
  if (!words.banner) return renew(html, reply);
  const said = waiting.length ? words.banner : words.news;
  const banner = `<p role="status"><a href="${outboxOf(reply.url)}">${said}</a></p>`;
  return renew(html.replace(/<h1/, `${banner}$&`), reply);
}

async function fetchAndKeep(address) {
  await keep(address, await fetch(address)).catch(() => undefined);
}

// Keep an empty form or a list of ours; a stranger's page (a network that wants a sign-in first) is neither.
async function keep(address, reply) {
  const html = await reply.text();
  const form = formOf(html);
  if (!reply.ok || !(form || reply.headers.get("Hai-Long") === "keep")) return;
  const before = await findPage(address);
  const isSame = before && blank(await before.text()) === blank(html);
  await keepPage(address, html, headersOf(reply));
  if (form) await stockUp(form, new URL(address).search, isSame);
  if (form && !await findPage(outboxOf(address))) await fetchAndKeep(outboxOf(address));
}

// A changed form may be another wave's, whose forms take other keys.
async function stockUp(form, search, isSame) {
  const stock = await within("stock", store => store.get(form));
  if (isSame && stock && stock.keys.length > stock.full / 2 && stock.at > Date.now() - DAY) return;
  const fresh = await (await fetch(`${form}/keys${search}`, {method: "POST", credentials: "omit"})).json();
  await within("stock", store => store.put({...fresh, form, full: fresh.keys.length, at: Date.now()}));
}

// --- Answers ---

async function take(event) {
  const address = new URL(event.request.url);
  const body = await event.request.text();
  const fields = new URLSearchParams(body);
  const {counter} = await within("stock", store => store.get(address.pathname)) || {};
  const entry = {key: fields.get("key") || "", path: address.pathname, search: address.search, body, at: Date.now()};
  if (!await putOff({...entry, counter: counter || address.pathname.split("/").pop()})) return Response.redirect(outboxOf(address), 303);
  const {state, reply} = await send(entry);
  const page = state === "stored" || state === "refused" ? await pageOf(reply) : await faultyPage(entry, fields);
  if (page) await forget(entry);
  else await askForSync();
  return page || Response.redirect(outboxOf(address), 303);
}

// What the server showed: the address of a receipt, or a page.
async function pageOf(reply) {
  const receipt = reply.headers.get("Location");
  return receipt ? Response.redirect(receipt, 303) : renew(await reply.text(), reply);
}

// Hand an answer to the server.  Only its own mark counts: a page from anybody else is no receipt.
const underway = new Set();
async function send(entry) {
  underway.add(entry.key);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SECONDS_FOR_AN_ANSWER * 1000);
  try {
    const reply = await fetch(`${entry.path}/send${entry.search}`, {
      method: "POST",
      body: entry.body,
      headers: {"Content-Type": FORM_TYPE},
      credentials: "omit",
      redirect: "error",
      signal: stop.signal,
    });
    return {state: reply.headers.get("Hai-Long"), reply};
  } catch {
    return {state: "away"};
  } finally {
    underway.delete(entry.key);
    clearTimeout(timer);
  }
}

// A wish that comes while answers are on their way is heard after them: the network may just have come back.
let sending = Promise.resolve(), isWished = false;
function sendAll() {
  if (isWished) return sending;
  isWished = true;
  sending = sending.catch(() => undefined).then(() => {
    isWished = false;
    return sendEach();
  });
  return sending;
}

async function sendEach() {
  await tidy();
  for (const entry of (await all("outbox")).filter(each => !underway.has(each.key))) {
    const {state, reply} = await send(entry);
    if (state === "refused") await settle(entry, "refused");
    if (state === "stored") await settle(entry, "stored", reply.headers.get("Location"));
    if (state === "away") break;
  }
}

// The receipt is shown to who is there, and kept for nobody.
async function settle(entry, kind, receipt) {
  if (kind === "stored" && receipt && (await openOutboxes()).length) {
    await forget(entry);
    await tell({sent: receipt});
  } else {
    await dismiss(entry, kind);
  }
}

async function openOutboxes() {
  return (await clients.matchAll({type: "window"})).filter(client => isOutbox(client.url));
}

// To the pages of the outbox: counter and day of what waits, never what was answered.
async function tell(more) {
  const open = await openOutboxes();
  if (!open.length) return;
  const waiting = (await all("outbox")).map(({counter, path, at}) => ({counter, path, at}));
  const news = await takeNews();
  for (const client of open) client.postMessage({waiting, news, ...more});
}

// Some browsers then send even with the page closed; none needs to.
async function askForSync() {
  if (registration.sync) await registration.sync.register("send").catch(() => undefined);
}

// --- What the server would say of a form, where it cannot be asked ---

async function faultyPage(entry, fields) {
  const page = await findPage(new URL(entry.path + entry.search, location.href).href);
  const {words = {}, rated = []} = await stockOf(entry.path);
  const fault = faultOf(fields, rated, words);
  if (!page || !fault) return undefined;
  let html = (await page.text()).replace(KEY, `$1${entry.key}`);
  for (const [name, value] of fields) html = html.replace(`name="${name}" value="${value}"`, "$& checked");
  html = html.replace(/(<textarea[^>]*name="comment"[^>]*>\n?)/, (tag) => tag + escaped(fields.get("comment") || ""));
  const summary = `<div class="summary" role="alert" tabindex="-1" autofocus><h2>${words.error_title}</h2><p>${fault}</p></div>`;
  return renew(html.replace(/<h1/, `${summary}$&`), page, 400);
}

function faultOf(fields, rated, words) {
  if ((fields.get("comment") || "").trim().length > LONGEST_COMMENT) return words.long_comment;
  return rated.some(name => /^[1-5]$/.test(fields.get(name))) ? undefined : words.no_rating;
}

// --- Small things ---

const formOf = html => (KEY.test(html) && ACTION.exec(html) || [])[1];
const blank = html => html.replace(KEY, "$1");
const isOutbox = address => new URL(address).pathname.endsWith("/outbox");
const pause = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));
const headersOf = reply => KEPT_HEADERS.filter(name => reply.headers.has(name)).map(name => [name, reply.headers.get(name)]);
const renew = (html, reply, status) => new Response(html, {status: status || reply.status, headers: headersOf(reply)});
const escaped = text => text.replace(/[&<>]/g, sign => `&#${sign.charCodeAt()};`);

// The page of the outbox that goes with a form, in its language: /Q/outbox, or /K/<link>/outbox.
function outboxOf(address, place = "") {
  const {pathname, search} = new URL(address);
  const home = pathname.startsWith("/K/") ? pathname.split("/", 3).join("/") : "/Q";
  return new URL(`${home}/outbox${search}${place}`, location.href).href;
}

async function stockOf(form) {
  return form && await within("stock", store => store.get(form)) || {};
}

async function wordsOf(form) {
  return (await stockOf(form)).words || {};
}
