// TypeScript types of the contract's schemas, from the keywords that describe the
// structure of a value. The validators check bounds and patterns.

/**
 * Return the declarations of `types`, which maps the name of each type to its schema's
 * file. A schema that has a name is referred to by it.
 */
export function declarations(schemas, types) {
  const files = new Map(schemas.map((schema) => [schema.$id, schema]));
  const names = new Map(Object.entries(types).map(([name, place]) => [place, name]));
  const lines = Object.entries(types).map(([name, file]) => {
    const schema = files.get(file);
    const text = new Writer(files, names, file).type(schema);
    return `/** ${schema.title}. */\nexport type ${name} = ${text};\n`;
  });
  return lines.join("\n");
}

class Writer {
  constructor(files, names, file) {
    this.files = files;
    this.names = names;
    this.file = file;
  }

  type(schema) {
    if (schema.$ref !== undefined) return this.reference(schema.$ref);
    if (schema.enum !== undefined) return union(schema.enum.map(literal));
    const types = [schema.type].flat();
    return union(types.map((type) => this.plain(type, schema)));
  }

  reference(ref) {
    const [path, pointer = ""] = ref.split("#");
    const file = path || this.file;
    if (pointer === "" && this.names.has(file)) return this.names.get(file);
    let schema = this.files.get(file);
    for (const step of pointer.split("/").slice(1)) schema = schema[step];
    return new Writer(this.files, this.names, file).type(schema);
  }

  plain(type, schema) {
    switch (type) {
      case "object":
        return this.object(schema);
      case "array":
        return `readonly (${this.type(schema.items)})[]`;
      case "integer":
        return "number";
      case "string":
      case "boolean":
      case "null":
        return type;
      default:
        throw new Error(`no type for ${JSON.stringify(schema)}`);
    }
  }

  object({ properties, required = [], additionalProperties }) {
    if (additionalProperties !== false) throw new Error("an object that is open");
    const fields = Object.entries(properties).map(([name, schema]) => {
      const optional = required.includes(name) ? "" : "?";
      return `readonly ${literal(name)}${optional}: ${this.type(schema)};`;
    });
    return `{ ${fields.join(" ")} }`;
  }
}

function literal(value) {
  return JSON.stringify(value);
}

function union(types) {
  return types.join(" | ");
}
