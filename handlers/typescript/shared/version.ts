/** The version and the name of this implementation, for getHealth and the log. */

export const VERSION = "1.0.0"; // info.version of contract/openapi.yaml
export const IMPLEMENTATION = "typescript";
