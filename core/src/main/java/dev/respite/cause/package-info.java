/** The chain of causes of a failure, and the interruptions and cancellations in it. For the modules of Respite. */
@NullMarked
package dev.respite.cause;

import org.jspecify.annotations.NullMarked;
