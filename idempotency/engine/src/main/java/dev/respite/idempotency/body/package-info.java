/** Bodies of responses that are held until they are recorded. Exported to the modules of Respite only. */
@NullMarked
package dev.respite.idempotency.body;

import org.jspecify.annotations.NullMarked;
