/** A page as clients see it (contract/schemas/*-page.json), and what all views do. */

import { encodeCursor } from "./cursor.ts";
import type { Page } from "./pages.ts";

type Present<Members> = {
  [Name in keyof Members as null extends Members[Name] ? never : Name]: Members[Name];
} & {
  [Name in keyof Members as null extends Members[Name] ? Name : never]?: Exclude<
    Members[Name],
    null
  >;
};

/** Return the members that are not null: the contract leaves out what is not set. */
export function present<Members extends object>(members: Members): Present<Members> {
  const set = Object.entries(members).filter(([, value]) => value !== null);
  return Object.fromEntries(set) as Present<Members>;
}

/** Return a page of what `view` returns, with a cursor where there may be more. */
export function pageView<Record, View>(
  page: Page<Record>,
  view: (record: Record) => View,
): { items: View[]; nextCursor?: string } {
  const items = page.records.map(view);
  if (page.next === null) return { items };
  return { items, nextCursor: encodeCursor(page.next) };
}
