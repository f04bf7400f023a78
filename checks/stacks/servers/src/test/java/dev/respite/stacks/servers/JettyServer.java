package dev.respite.stacks.servers;

import java.io.OutputStream;
import java.net.URI;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.ConnectionStatistics;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with few threads. With HTTP/2 a connection has at most {@value #MAX_STREAMS} streams at a time. */
final class JettyServer implements TestServer {

    static final int MAX_STREAMS = 10;

    /** One accepts, one selects, and these are left for requests. */
    private static final int REQUEST_THREADS = 6;

    private final Server server;
    private final ServerConnector connector;
    private final ConnectionStatistics statistics;

    private JettyServer(Server server, ServerConnector connector, ConnectionStatistics statistics) {
        this.server = server;
        this.connector = connector;
        this.statistics = statistics;
    }

    static JettyServer start(Page page, boolean http2) throws Exception {
        Server server = new Server(new QueuedThreadPool(2 + REQUEST_THREADS));
        HttpConfiguration configuration = new HttpConfiguration();
        HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
        HTTP2CServerConnectionFactory upgrade = new HTTP2CServerConnectionFactory(configuration);
        upgrade.setMaxConcurrentStreams(MAX_STREAMS);
        ConnectionFactory[] protocols =
                http2 ? new ConnectionFactory[] {http1, upgrade} : new ConnectionFactory[] {http1};
        ServerConnector connector = new ServerConnector(server, 1, 1, protocols);
        connector.setHost("127.0.0.1");
        ConnectionStatistics statistics = new ConnectionStatistics();
        connector.addBean(statistics);
        server.addConnector(connector);
        server.setHandler(new PageHandler(page));
        server.start();
        return new JettyServer(server, connector, statistics);
    }

    @Override
    public URI uri() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/");
    }

    @Override
    public int openConnections() {
        return Math.toIntExact(statistics.getConnections());
    }

    @Override
    public int acceptedConnections() {
        return Math.toIntExact(statistics.getConnectionsTotal());
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }

    private static final class PageHandler extends Handler.Abstract {

        private final Page page;

        PageHandler(Page page) {
            this.page = page;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            try {
                if (Request.getPathInContext(request).equals("/ok")) {
                    response.setStatus(200);
                } else {
                    String attempt = request.getHeaders().get("Respite-Attempt");
                    page.respond(
                            Integer.parseInt(Optional.ofNullable(attempt).orElse("1")), (status, length, headers) -> {
                                response.setStatus(status);
                                headers.forEach(
                                        (name, value) -> response.getHeaders().put(name, value));
                                if (length != Page.UNKNOWN) {
                                    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
                                }
                                return bodyOf(response);
                            });
                }
                callback.succeeded();
            } catch (Throwable broken) {
                callback.failed(broken);
            }
            return true;
        }

        private static OutputStream bodyOf(Response response) {
            return Content.Sink.asOutputStream(response);
        }
    }
}
