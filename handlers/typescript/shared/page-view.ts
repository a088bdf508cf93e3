/**
 * A page as clients see it (contract/schemas/*-page.json), and what all views share.
 */

import { encodeCursor } from "./cursor.ts";
import type { Page } from "./pages.ts";

type Present<Fields> = {
  [Name in keyof Fields as null extends Fields[Name] ? never : Name]: Fields[Name];
} & {
  [Name in keyof Fields as null extends Fields[Name] ? Name : never]?: Exclude<
    Fields[Name],
    null
  >;
};

/** Return the fields that are not null: the contract leaves out what is not set. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const set = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(set) as Present<Fields>;
}

/** Return a page of the views of its records, with a cursor if there may be more. */
export function pageView<Record, View>(
  page: Page<Record>,
  view: (record: Record) => View,
): { items: View[]; nextCursor?: string } {
  const items = page.records.map(view);
  if (page.next === null) return { items };
  return { items, nextCursor: encodeCursor(page.next) };
}
