// Lets whoever enters sheets type one digit after the other: each digit leads to the next box.
// Without this script the same boxes are reached with the tab key.
(() => {
  const boxes = [...document.querySelectorAll("input.digit, input.digits")];
  boxes.forEach((box, place) => {
    box.addEventListener("input", () => {
      if (box.classList.contains("digit") && /^[0-9]$/.test(box.value)) boxes[place + 1]?.focus();
    });
    box.addEventListener("focus", () => box.select());
    box.addEventListener("keydown", (event) => {
      const back = event.key === "Backspace" && box.value === "";
      const to = event.key === "ArrowUp" || back ? place - 1 : event.key === "ArrowDown" ? place + 1 : null;
      if (to === null || !boxes[to]) return;
      event.preventDefault();
      boxes[to].focus();
    });
  });
  const sheet = document.getElementById("sheet");
  // A reader of codes ends with Enter: go on to the ratings instead of sending an empty sheet.
  sheet?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || boxes.some((box) => box.value)) return;
    event.preventDefault();
    boxes[0]?.focus();
  });
})();
