// The examples of the contract document values. Swagger UI would also send them, so the
// page moves those of parameters into the text and renews those of bodies.

// No live user of this stack has this address yet.
const EMAIL = `ada.${crypto.randomUUID().slice(0, 8)}@example.com`;
const DAY = 24 * 60 * 60 * 1000;

// Where the parameters' schemas stand that have a file of their own.
const COMMON = "schemas/common.json";
let common = { $defs: {} };

function resolved(schema) {
  const [file, name] = schema.$ref?.split("#/$defs/") ?? [];
  return file === COMMON ? common.$defs[name] : schema;
}

function empty(parameter) {
  const { example, schema, ...rest } = parameter;
  if (example === undefined) return parameter;
  const { default: preset, ...bare } = resolved(schema);
  const text =
    parameter.in === "path"
      ? "Filled in when a record is created on this page."
      : `Example: \`${example}\`${preset === undefined ? "" : `; without it: ${preset}`}`;
  const description = `${parameter.description.trim()}\n\n${text}`;
  return { ...rest, schema: bare, description };
}

function renew(value) {
  return {
    ...value,
    ...("email" in value && { email: EMAIL }),
    ...(typeof value.expiresAt === "number" && { expiresAt: Date.now() + DAY }),
  };
}

function prepare(node, key) {
  if (Array.isArray(node)) return node.map((one) => prepare(one, key));
  if (typeof node !== "object" || node === null) return node;
  if (node.in && node.name) return empty(node);
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name,
      name === "requestBody" ? renewAll(value) : prepare(value, name),
    ]),
  );
}

function renewAll(body) {
  const copy = structuredClone(body);
  for (const media of Object.values(copy.content)) {
    for (const example of Object.values(media.examples)) {
      example.value = renew(example.value);
    }
  }
  return copy;
}

const prepared = {
  statePlugins: {
    spec: {
      wrapActions: { updateJsonSpec: (original) => (spec) => original(prepare(spec)) },
    },
  },
};

// A record that is created here is the one that the operations below work on.
function fillIn(response) {
  const location = response.status === 201 ? response.headers.location : "";
  const [, collection, id] = location.match(/^\/(users|assets)\/(\w+)$/) ?? [];
  if (!id) return response;
  const { paths } = window.ui.specSelectors.specJson().toJS();
  for (const [path, item] of Object.entries(paths)) {
    const [, name] = path.match(`^/${collection}/{(\\w+)}`) ?? [];
    const methods = Object.keys(name ? item : {}).filter((one) => one !== "parameters");
    for (const method of methods) {
      window.ui.specActions.changeParam([path, method], name, "path", id, false);
    }
  }
  return response;
}

window.onload = async () => {
  common = await (await fetch(COMMON)).json();
  window.ui = SwaggerUIBundle({
    url: "openapi.yaml",
    dom_id: "#swagger-ui",
    plugins: [prepared],
    tryItOutEnabled: true,
    displayRequestDuration: true,
    // What deletes comes last, so that the others still find the record.
    operationsSorter: (a, b) =>
      (a.get("method") === "delete") - (b.get("method") === "delete"),
    responseInterceptor: fillIn,
    // Otherwise Swagger UI sends the document to a server on the network.
    validatorUrl: null,
    layout: "BaseLayout",
  });
};
