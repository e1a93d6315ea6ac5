// In every form: lets the worker keep the form for times without network, and wakes it to send what waits.
(phone => {
  const wake = () => phone.controller && phone.controller.postMessage("send");
  if (phone) {
    // The worker of /Q/ or of /K/, by the address of this page.
    phone.register(location.pathname.slice(0, 3) + "sw.js");
    addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
  }
  // The back button may bring a page back as it was left: filled in, and with a key that is used up.
  addEventListener("pageshow", event => event.persisted && location.replace(location.pathname + location.search));
})(navigator.serviceWorker);
