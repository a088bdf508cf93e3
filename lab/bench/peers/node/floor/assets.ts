/** Assets with the AWS SDK only: reads events and checks bodies by hand. */

import { type AssetCreate, storeAsset } from "./assets-table";

export async function handler(event: { routeKey: string; body?: string }) {
  if (event.routeKey !== "POST /assets") return answer(404, { title: "not found" });
  const body = JSON.parse(event.body ?? "");
  const errors = check(body);
  if (errors.length > 0) return answer(400, { title: "invalid", errors });
  return answer(201, await storeAsset(body as AssetCreate));
}

function check({ fileName, contentType, size }: Record<string, unknown>) {
  const errors = [];
  if (typeof fileName !== "string" || fileName.length < 1 || fileName.length > 247) {
    errors.push({ pointer: "/fileName", code: "length" });
  }
  if (typeof contentType !== "string" || !contentType.includes("/")) {
    errors.push({ pointer: "/contentType", code: "pattern" });
  }
  if (!Number.isInteger(size) || Number(size) < 1 || Number(size) > 5_368_709_120) {
    errors.push({ pointer: "/size", code: "range" });
  }
  return errors;
}

function answer(statusCode: number, document: unknown) {
  const headers = { "content-type": "application/json" };
  return { statusCode, headers, body: JSON.stringify(document) };
}
