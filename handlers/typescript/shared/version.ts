/** What this implementation says of itself, in getHealth and in every log line. */

export const VERSION = "1.0.0"; // info.version of contract/openapi.yaml
export const IMPLEMENTATION = "typescript";
