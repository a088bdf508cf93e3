/** The schemas of request bodies, for the peers that validate with zod. */

import { z } from "zod";

const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

export const userCreate = z.strictObject({
  email: z.string().max(254).regex(EMAIL),
  name: z.string().min(1).max(100),
  department: z.string().min(1).max(100).optional(),
  expiresAt: z.int().optional(),
});

export const assetCreate = z.strictObject({
  fileName: z.string().min(1).max(247),
  contentType: z.string().max(255).includes("/"),
  size: z.int().min(1).max(5_368_709_120),
});

export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
