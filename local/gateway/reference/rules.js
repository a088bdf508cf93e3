// Swagger UI renders Markdown in descriptions, so the rules become one.
// The anchors are those that GitHub gives the same headings.
function anchor() {
  for (const heading of document.querySelectorAll(".renderedMarkdown h2")) {
    heading.id = heading.textContent.toLowerCase().replaceAll(" ", "-");
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) link.target = "_self";
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

// Swagger UI reports that it has read a document, not that it has drawn it.
const drawn = new MutationObserver(() => {
  if (!document.querySelector(".renderedMarkdown h2")) return;
  drawn.disconnect();
  anchor();
});
drawn.observe(document.body, { subtree: true, childList: true });

window.onload = async () => {
  const text = await (await fetch("rules.txt")).text();
  const [, title, description] = text.match(/^# (.*?)\n(.*)$/s);
  SwaggerUIBundle({
    spec: { openapi: "3.1.0", info: { title, description, version: "" }, paths: {} },
    dom_id: "#swagger-ui",
    validatorUrl: null,
    layout: "BaseLayout",
  });
};
