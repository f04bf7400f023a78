package dev.respite.stacks.servers;

import dev.respite.admission.RetryAdmission;
import dev.respite.admission.RetryAdmissionFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** A Tomcat that refuses all retries, since one request is in progress. It serves first attempts. */
final class CongestedServer implements AutoCloseable {

    private final Tomcat tomcat = new Tomcat();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final AbstractProtocol<?> protocol;

    CongestedServer(HttpClient client) throws Exception {
        Path folder = Files.createTempDirectory("tomcat");
        Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        protocol = (AbstractProtocol<?>) connector.getProtocolHandler();
        tomcat.setSilent(true);
        tomcat.setBaseDir(folder.toString());
        tomcat.setConnector(connector);
        StandardContext context = (StandardContext) tomcat.addContext("", folder.toString());
        // It would look for leaks where the module system forbids it, and warn.
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
        FilterDef filter = new FilterDef();
        filter.setFilterName("admission");
        filter.setFilter(RetryAdmissionFilter.of(RetryAdmission.defaults().withInProgressLimit(1)));
        context.addFilterDef(filter);
        FilterMap all = new FilterMap();
        all.setFilterName("admission");
        all.addURLPattern("/*");
        context.addFilterMap(all);
        Tomcat.addServlet(context, "held", new HeldServlet()).addMapping("/*");
        tomcat.start();
        client.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/held"))
                        .build(),
                BodyHandlers.discarding());
        held.await();
    }

    int port() {
        return protocol.getLocalPort();
    }

    @Override
    public void close() throws Exception {
        end.countDown();
        tomcat.stop();
        tomcat.destroy();
    }

    private final class HeldServlet extends HttpServlet {
        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getRequestURI().equals("/held")) {
                held.countDown();
                awaitEnd();
            }
            response.setHeader("Cache-Control", "max-age=60");
            response.getWriter().write("served");
        }

        private void awaitEnd() throws IOException {
            try {
                end.await();
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
        }
    }
}
