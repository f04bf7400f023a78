package dev.respite.okhttp;

import java.io.IOException;
import java.util.regex.Pattern;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request once, as a network interceptor. OkHttp repeats what a 503 with {@code Retry-After: 0} has rejected, also a POST,
 * and has no setting for it. So the field gets a date that has passed, which means the same.
 */
final class SingleRequest {

    private static final int UNAVAILABLE = 503;
    private static final String FIELD = "Retry-After";
    private static final String PASSED = "Thu, 01 Jan 1970 00:00:00 GMT";
    private static final Pattern ZERO = Pattern.compile("0+");

    private SingleRequest() {}

    static Response send(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        @Nullable Connection connection = chain.connection();
        if (connection != null) {
            // The limit of the attempt ends here. The stream limits the body, as it does for HTTP/2.
            connection.socket().setSoTimeout(0);
        }
        String value = response.header(FIELD, "");
        return response.code() == UNAVAILABLE && ZERO.matcher(value).matches()
                ? response.newBuilder().header(FIELD, PASSED).build()
                : response;
    }

    /** Returns a response as the server has sent it. */
    static Response restore(Response response) {
        return response.code() == UNAVAILABLE && PASSED.equals(response.header(FIELD))
                ? response.newBuilder().header(FIELD, "0").build()
                : response;
    }
}
