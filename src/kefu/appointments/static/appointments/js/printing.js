// 打印 prints the page as it is; the style sheet leaves out the frame.
document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
