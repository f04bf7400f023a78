/** Retries for OkHttp 5, by a policy and the rules of HTTP. Start with {@link dev.respite.okhttp.OkHttpRetry}. */
@NullMarked
package dev.respite.okhttp;

import org.jspecify.annotations.NullMarked;
