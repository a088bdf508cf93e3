/** getHealth: GET /health. */

import { IMPLEMENTATION, VERSION } from "../shared/version.ts";

/** That the service answers, in which version of the API, and by what. */
export interface Health {
  readonly status: "ok";
  readonly version: string;
  readonly implementation: string;
}

/** Say that the function runs; nothing else is touched. */
export function getHealth(): Health {
  return { status: "ok", version: VERSION, implementation: IMPLEMENTATION };
}
