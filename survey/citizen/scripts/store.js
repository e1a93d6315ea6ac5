// What the worker keeps on this phone, and nowhere else.
//   outbox  answers not yet sent, by form key      news   what became of answers when nobody watched
//   stock   unused form keys, by form              pages  empty forms and lists, in the cache of the browser
const DAYS_KEPT = 7;
const PAGES = "hailong";
const DAY = 24 * 60 * 60 * 1000;

let base;
function openBase() {
  base = base || new Promise((resolve, reject) => {
    const opening = indexedDB.open("hailong", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("outbox", {keyPath: "key"});
      opening.result.createObjectStore("stock", {keyPath: "form"});
      opening.result.createObjectStore("news", {autoIncrement: true});
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  return base;
}

// Run work(store) in a transaction of its own; the promise is kept once the transaction is.
async function within(name, work) {
  const transaction = (await openBase()).transaction(name, "readwrite");
  const asked = work(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const all = name => within(name, store => store.getAll());
const isOld = moment => moment < Date.now() - DAYS_KEPT * DAY;

// Put an answer into the outbox; false where its form already waits there: the first answer wins.
async function putOff(entry) {
  let isNew = true;
  await within("outbox", store => {
    const found = store.get(entry.key);
    found.onsuccess = () => {
      isNew = !found.result;
      if (isNew) store.add(entry);
    };
    return found;
  });
  return isNew;
}

const forget = entry => within("outbox", store => store.delete(entry.key));

// Delete an answer that was sent or never will be, and leave word of it for the page of the outbox.
async function dismiss(entry, kind) {
  await within("news", store => store.add({kind, counter: entry.counter, at: entry.at, since: Date.now()}));
  await forget(entry);
}

async function takeNews() {
  const news = await all("news");
  await within("news", store => store.clear());
  return news;
}

// Take a key that no form has had yet; undefined where none is left.
async function takeKey(form) {
  let key;
  await within("stock", store => {
    const found = store.get(form);
    found.onsuccess = () => {
      const stock = found.result;
      if (!stock || !stock.keys.length || isOld(stock.at)) return;
      key = stock.keys.pop();
      store.put(stock);
    };
    return found;
  });
  return key;
}

async function keepPage(address, html, headers) {
  const kept = new Response(html, {headers: [...headers, ["Kept", Date.now()]]});
  await (await caches.open(PAGES)).put(address, kept);
}

async function findPage(address) {
  const cache = await caches.open(PAGES);
  // In the language asked for, else in any.
  return await cache.match(address) || cache.match(address, {ignoreSearch: true});
}

// Nothing stays on the phone for longer than seven days.
async function tidy() {
  for (const entry of await all("outbox")) if (isOld(entry.at)) await dismiss(entry, "expired");
  await within("news", store => {
    const found = store.openCursor();
    found.onsuccess = () => {
      if (!found.result) return;
      if (isOld(found.result.value.since)) found.result.delete();
      found.result.continue();
    };
    return found;
  });
  for (const stock of await all("stock")) if (isOld(stock.at)) await within("stock", store => store.delete(stock.form));
  const cache = await caches.open(PAGES);
  for (const address of await cache.keys()) {
    if (isOld(Number((await cache.match(address)).headers.get("Kept")))) await cache.delete(address);
  }
}
