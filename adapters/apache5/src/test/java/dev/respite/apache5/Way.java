package dev.respite.apache5;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleResponseConsumer;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.Timeout;

/** The kinds of client. */
enum Way {
    CLASSIC {
        @Override
        TestClient open(Consumer<Builder> settings) {
            PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnPerRoute(1)
                    .build();
            HttpClientBuilder builder = HttpClients.custom().setConnectionManager(pool);
            settings.accept(new Builder() {
                @Override
                void install(ApacheRetry retry) {
                    if (retry.install(builder) != builder) {
                        throw new AssertionError("another builder");
                    }
                }

                @Override
                void disableAutomaticRetries() {
                    builder.disableAutomaticRetries();
                }

                @Override
                void disableRedirectHandling() {
                    builder.disableRedirectHandling();
                }

                @Override
                void disableContentCompression() {
                    builder.disableContentCompression();
                }

                @Override
                void retryStrategy(HttpRequestRetryStrategy strategy) {
                    builder.setRetryStrategy(strategy);
                }

                @Override
                void config(UnaryOperator<RequestConfig.Builder> config) {
                    builder.setDefaultRequestConfig(
                            config.apply(RequestConfig.custom()).build());
                }

                @Override
                void connectTimeout(Timeout timeout) {
                    pool.setDefaultConnectionConfig(
                            ConnectionConfig.custom().setConnectTimeout(timeout).build());
                }

                @Override
                void credentials(CredentialsProvider credentials) {
                    builder.setDefaultCredentialsProvider(credentials);
                }

                @Override
                void after(ChainElement element, Runnable action) {
                    builder.addExecInterceptorAfter(element.name(), "observer", (request, scope, chain) -> {
                        action.run();
                        return chain.proceed(request, scope);
                    });
                }
            });
            return new Classic(builder.build(), pool);
        }
    },
    ASYNC {
        @Override
        TestClient open(Consumer<Builder> settings) {
            PoolingAsyncClientConnectionManager pool = PoolingAsyncClientConnectionManagerBuilder.create()
                    .setMaxConnPerRoute(1)
                    .build();
            HttpAsyncClientBuilder builder = HttpAsyncClients.custom()
                    .setConnectionManager(pool)
                    .setIOReactorConfig(
                            IOReactorConfig.custom().setIoThreadCount(1).build());
            settings.accept(new Builder() {
                @Override
                void install(ApacheRetry retry) {
                    if (retry.install(builder) != builder) {
                        throw new AssertionError("another builder");
                    }
                }

                @Override
                void disableAutomaticRetries() {
                    builder.disableAutomaticRetries();
                }

                @Override
                void disableRedirectHandling() {
                    builder.disableRedirectHandling();
                }

                @Override
                void disableContentCompression() {
                    builder.disableContentCompression();
                }

                @Override
                void retryStrategy(HttpRequestRetryStrategy strategy) {
                    builder.setRetryStrategy(strategy);
                }

                @Override
                void config(UnaryOperator<RequestConfig.Builder> config) {
                    builder.setDefaultRequestConfig(
                            config.apply(RequestConfig.custom()).build());
                }

                @Override
                void connectTimeout(Timeout timeout) {
                    pool.setDefaultConnectionConfig(
                            ConnectionConfig.custom().setConnectTimeout(timeout).build());
                }

                @Override
                void credentials(CredentialsProvider credentials) {
                    builder.setDefaultCredentialsProvider(credentials);
                }

                @Override
                void after(ChainElement element, Runnable action) {
                    builder.addExecInterceptorAfter(
                            element.name(), "observer", (request, body, scope, chain, callback) -> {
                                action.run();
                                chain.proceed(request, body, scope, callback);
                            });
                }
            });
            return new Async(builder.build(), pool);
        }
    };

    abstract TestClient open(Consumer<Builder> settings);

    TestClient open(ApacheRetry retry) {
        return open(builder -> builder.install(retry));
    }

    /** The settings of both builders. */
    abstract static class Builder {
        abstract void install(ApacheRetry retry);

        abstract void disableAutomaticRetries();

        abstract void disableRedirectHandling();

        abstract void disableContentCompression();

        abstract void retryStrategy(HttpRequestRetryStrategy strategy);

        abstract void config(UnaryOperator<RequestConfig.Builder> config);

        abstract void connectTimeout(Timeout timeout);

        abstract void credentials(CredentialsProvider credentials);

        abstract void after(ChainElement element, Runnable action);
    }

    record Classic(CloseableHttpClient client, PoolingHttpClientConnectionManager pool) implements TestClient {

        /** On a thread of its own, whose interrupt flag must be clear at the end. */
        @Override
        public Started start(Outgoing outgoing) {
            HttpUriRequestBase request = outgoing.classic();
            CompletableFuture<String> result = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    result.complete(client.execute(request, response -> {
                        String body = response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity());
                        return response.getCode() + " " + body;
                    }));
                } catch (Throwable failed) {
                    result.completeExceptionally(
                            Thread.currentThread().isInterrupted()
                                    ? new AssertionError("interrupted", failed)
                                    : failed);
                }
            });
            thread.start();
            return new Started(result, request::cancel);
        }

        @Override
        public PoolStats connections() {
            return pool.getTotalStats();
        }

        @Override
        public void close() {
            client.close(CloseMode.IMMEDIATE);
        }
    }

    record Async(CloseableHttpAsyncClient client, PoolingAsyncClientConnectionManager pool) implements TestClient {

        Async {
            client.start();
        }

        @Override
        public Started start(Outgoing outgoing) {
            CompletableFuture<String> result = new CompletableFuture<>();
            Future<SimpleHttpResponse> future =
                    client.execute(outgoing.asynchronous(), SimpleResponseConsumer.create(), new FutureCallback<>() {
                        @Override
                        public void completed(SimpleHttpResponse response) {
                            String body = response.getBodyText();
                            result.complete(response.getCode() + " " + (body == null ? "" : body));
                        }

                        @Override
                        public void failed(Exception failure) {
                            result.completeExceptionally(failure);
                        }

                        @Override
                        public void cancelled() {
                            result.completeExceptionally(new CancellationException());
                        }
                    });
            return new Started(result, () -> future.cancel(true));
        }

        @Override
        public PoolStats connections() {
            return pool.getTotalStats();
        }

        @Override
        public void close() {
            client.close(CloseMode.IMMEDIATE);
        }
    }
}
