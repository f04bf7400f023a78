package dev.respite.http;

import java.lang.invoke.MethodHandle;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A builder that passes every option on to a builder of the JDK's client, and wraps what that builds. Like that one, it is not
 * safe for use by several threads.
 */
final class RetryingBuilder implements HttpClient.Builder {

    /** Younger than JDK 17, for which this module is compiled. */
    private static final Optional<MethodHandle> LOCAL_ADDRESS =
            NewerJdk.find(HttpClient.Builder.class, "localAddress", HttpClient.Builder.class, InetAddress.class);

    private final HttpClient.Builder options;
    private final Function<HttpClient, HttpClient> wrapper;

    RetryingBuilder(HttpClient.Builder options, Function<HttpClient, HttpClient> wrapper) {
        this.options = options;
        this.wrapper = wrapper;
    }

    @Override
    public HttpClient.Builder cookieHandler(CookieHandler cookieHandler) {
        options.cookieHandler(cookieHandler);
        return this;
    }

    @Override
    public HttpClient.Builder connectTimeout(Duration duration) {
        options.connectTimeout(duration);
        return this;
    }

    @Override
    public HttpClient.Builder sslContext(SSLContext sslContext) {
        options.sslContext(sslContext);
        return this;
    }

    @Override
    public HttpClient.Builder sslParameters(SSLParameters sslParameters) {
        options.sslParameters(sslParameters);
        return this;
    }

    @Override
    public HttpClient.Builder executor(Executor executor) {
        options.executor(executor);
        return this;
    }

    @Override
    public HttpClient.Builder followRedirects(Redirect policy) {
        options.followRedirects(policy);
        return this;
    }

    @Override
    public HttpClient.Builder version(Version version) {
        options.version(version);
        return this;
    }

    @Override
    public HttpClient.Builder priority(int priority) {
        options.priority(priority);
        return this;
    }

    @Override
    public HttpClient.Builder proxy(ProxySelector selector) {
        options.proxy(selector);
        return this;
    }

    @Override
    public HttpClient.Builder authenticator(Authenticator authenticator) {
        options.authenticator(authenticator);
        return this;
    }

    /** From JDK 19 on this overrides a method of the interface, and cannot be marked as such. */
    public HttpClient.Builder localAddress(InetAddress address) {
        MethodHandle method = LOCAL_ADDRESS.orElseThrow(() -> new UnsupportedOperationException(
                "localAddress(" + address + "): HttpClient.Builder has this option from JDK 19 on"));
        try {
            Object unused = method.invoke(options, address);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new AssertionError("localAddress declares no checked exception", impossible);
        }
        return this;
    }

    @Override
    public HttpClient build() {
        return wrapper.apply(options.build());
    }
}
