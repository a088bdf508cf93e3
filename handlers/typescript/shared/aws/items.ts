/** Items: DynamoDB's typed attributes as plain values, only strings and integers. */

import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Readonly<Record<string, string | number>>;

/** An item to be written; attributes that are null are left out. */
export type NewItem = Readonly<Record<string, string | number | null>>;

/** Return an item in DynamoDB's format; attributes that are null are left out. */
export function toAttributes(item: NewItem): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(item)) {
    if (value === null) continue;
    attributes[name] = typeof value === "string" ? { S: value } : { N: String(value) };
  }
  return attributes;
}

/** Return an item from DynamoDB's format, with S as a string and N as a number. */
export function fromAttributes(attributes: Record<string, AttributeValue>): Item {
  const item: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(attributes)) {
    item[name] = value.S ?? Number(value.N);
  }
  return item;
}

/** Return an attribute that is a string; throws if it is missing. */
export function text(item: Item, name: string): string {
  return String(present(item, name));
}

/** Return an attribute that is an integer; throws if it is missing. */
export function number(item: Item, name: string): number {
  return Number(present(item, name));
}

/** Return an attribute that is a string, or null if it is missing. */
export function optionalText(item: Item, name: string): string | null {
  return item[name] === undefined ? null : text(item, name);
}

/** Return an attribute that is an integer, or null if it is missing. */
export function optionalNumber(item: Item, name: string): number | null {
  return item[name] === undefined ? null : number(item, name);
}

function present(item: Item, name: string): string | number {
  const value = item[name];
  if (value === undefined) throw new RangeError(`an item has no ${name}`);
  return value;
}
