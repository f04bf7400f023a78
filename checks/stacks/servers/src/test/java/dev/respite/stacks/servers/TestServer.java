package dev.respite.stacks.servers;

import java.net.URI;
import java.net.http.HttpClient;

/** A server that runs, on a loopback port of its own. */
interface TestServer extends AutoCloseable {

    /** Answered by the page that the server was started with. */
    URI uri();

    /** Answered by status 200 at once. */
    default URI ok() {
        return uri().resolve("/ok");
    }

    /** Connections that are open now. */
    int openConnections() throws Exception;

    /** Connections that were accepted since the start. */
    int acceptedConnections() throws Exception;

    @Override
    void close() throws Exception;

    /** Which server, and which version of HTTP. */
    enum Kind {
        JETTY,
        JETTY_HTTP_2,
        TOMCAT;

        TestServer start(Page page) throws Exception {
            return switch (this) {
                case JETTY -> JettyServer.start(page, false);
                case JETTY_HTTP_2 -> JettyServer.start(page, true);
                case TOMCAT -> TomcatServer.start(page);
            };
        }

        /** A status that is retried and does not end the connection: Tomcat closes it after a 503. */
        int unavailable() {
            return this == TOMCAT ? 429 : 503;
        }

        /** A client that speaks the version; with HTTP/2 it upgrades by its first request. */
        HttpClient client() {
            return HttpClient.newBuilder()
                    .version(this == JETTY_HTTP_2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                    .build();
        }
    }
}
