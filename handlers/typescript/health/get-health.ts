/** getHealth: GET /health. */

import { IMPLEMENTATION, VERSION } from "../shared/version.ts";

/** The status of the service, its version of the API, and its implementation. */
export interface Health {
  readonly status: "ok";
  readonly version: string;
  readonly implementation: string;
}

/** Return that the function runs; no other part of the service is called. */
export function getHealth(): Health {
  return { status: "ok", version: VERSION, implementation: IMPLEMENTATION };
}
