package dev.respite.stacks.servers;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;

/** Tomcat with few threads. */
final class TomcatServer implements TestServer {

    private static final int REQUEST_THREADS = 4;

    private final Tomcat tomcat;
    private final AbstractProtocol<?> protocol;
    private final PageServlet servlet;

    private TomcatServer(Tomcat tomcat, AbstractProtocol<?> protocol, PageServlet servlet) {
        this.tomcat = tomcat;
        this.protocol = protocol;
        this.servlet = servlet;
    }

    static TomcatServer start(Page page) throws Exception {
        Path folder = Files.createTempDirectory("tomcat");
        Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        AbstractProtocol<?> protocol = (AbstractProtocol<?>) connector.getProtocolHandler();
        protocol.setMaxThreads(REQUEST_THREADS);
        protocol.setMinSpareThreads(REQUEST_THREADS);
        Tomcat tomcat = new Tomcat();
        tomcat.setSilent(true);
        tomcat.setBaseDir(folder.toString());
        tomcat.setConnector(connector);
        StandardContext context = (StandardContext) tomcat.addContext("", folder.toString());
        // It would look for leaks where the module system forbids it, and warn.
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
        PageServlet servlet = new PageServlet(page);
        Wrapper wrapper = Tomcat.addServlet(context, "page", servlet);
        wrapper.addMapping("/*");
        tomcat.start();
        return new TomcatServer(tomcat, protocol, servlet);
    }

    @Override
    public URI uri() {
        return URI.create("http://127.0.0.1:" + protocol.getLocalPort() + "/");
    }

    @Override
    public int openConnections() {
        return Math.toIntExact(protocol.getConnectionCount());
    }

    /** Each connection has a port of its own at the client's end. */
    @Override
    public int acceptedConnections() {
        return servlet.clientPorts.size();
    }

    @Override
    public void close() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }

    private static final class PageServlet extends HttpServlet {

        private final transient Page page;
        private final transient Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();

        PageServlet(Page page) {
            this.page = page;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            clientPorts.add(request.getRemotePort());
            if (request.getRequestURI().equals("/ok")) {
                return;
            }
            String attempt = request.getHeader("Respite-Attempt");
            page.respond(Integer.parseInt(Optional.ofNullable(attempt).orElse("1")), (status, length, headers) -> {
                response.setStatus(status);
                headers.forEach(response::setHeader);
                if (length != Page.UNKNOWN) {
                    response.setContentLengthLong(length);
                }
                return response.getOutputStream();
            });
        }
    }
}
