/** The service's health as clients see it (contract/schemas/health.json). */

import type * as contract from "@contract/types";
import type { Health } from "./get-health.ts";

/** Return the document. */
export function healthView(health: Health): contract.Health {
  return {
    status: health.status,
    version: health.version,
    implementation: health.implementation,
  };
}
