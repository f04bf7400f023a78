/** Retries for Apache HttpClient 5, by a policy and the rules of HTTP. Start with {@link dev.respite.apache5.ApacheRetry}. */
@NullMarked
package dev.respite.apache5;

import org.jspecify.annotations.NullMarked;
