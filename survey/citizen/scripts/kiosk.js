// A kiosk's pages: full screen at the first touch, and back to an empty form when nobody is there any more.
// Nobody is cut off: a question comes first, with SECONDS_TO_ANSWER to say that one is still here.
const SECONDS_TO_ANSWER = 20;
const SECONDS_OF_A_PAGE = 30 * 60;
const box = document.getElementById("idle");
const rest = document.getElementById("rest");
const {home, seconds, eager} = box.dataset;
let idle, countdown;

// Replaced, so that no way leads back to what was filled in.
const begin = () => location.replace(home);

function wait() {
  clearTimeout(idle);
  idle = setTimeout(ask, seconds * 1000);
}

function ask() {
  let left = SECONDS_TO_ANSWER;
  rest.textContent = left;
  box.showModal();
  countdown = setInterval(() => {
    left -= 1;
    rest.textContent = left;
    if (left <= 0) begin();
  }, 1000);
}

function stay() {
  clearInterval(countdown);
  if (box.open) box.close();
  wait();
}

function wake() {
  const phone = navigator.serviceWorker;
  if (phone && phone.controller) phone.controller.postMessage("send");
}

// The counters that may be chosen here, so that each has its form on this device before the network drops.
function keepForms() {
  const forms = [...document.querySelectorAll("a[data-form]")].map(link => link.href);
  if (forms.length && navigator.serviceWorker) navigator.serviceWorker.ready.then(({active}) => active.postMessage({keep: forms}));
}

addEventListener("click", () => document.documentElement.requestFullscreen && document.documentElement.requestFullscreen().catch(() => undefined), {once: true});
for (const sign of ["pointerdown", "keydown", "input"]) addEventListener(sign, () => box.open || wait());
addEventListener("scroll", () => idle && !box.open && wait(), {passive: true});
addEventListener("pageshow", event => event.persisted && begin());
document.getElementById("stay").addEventListener("click", stay);
box.addEventListener("cancel", stay);
// An untouched page is renewed now and then: its wave may be over, or its questions other ones.
setTimeout(() => idle || begin(), SECONDS_OF_A_PAGE * 1000);
setInterval(wake, 60 * 1000);
if (eager) wait();
keepForms();
