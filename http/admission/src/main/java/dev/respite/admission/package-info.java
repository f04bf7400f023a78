/**
 * Admission of requests: a server under congestion refuses retries before first attempts.
 *
 * <p>Start with {@link dev.respite.admission.RetryAdmissionFilter}.
 */
@NullMarked
package dev.respite.admission;

import org.jspecify.annotations.NullMarked;
