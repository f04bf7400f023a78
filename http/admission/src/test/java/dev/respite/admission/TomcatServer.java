package dev.respite.admission;

import jakarta.servlet.Filter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** A Tomcat with HTTP/1.1 and HTTP/2. */
final class TomcatServer extends TestServer {

    private final Tomcat tomcat = new Tomcat();
    private final Path folder;

    TomcatServer(int threads, RetryAdmission admission) throws Exception {
        super(threads, admission);
        folder = Files.createTempDirectory("respite-admission");
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        add(context, filter);
        Wrapper wrapper = Tomcat.addServlet(context, "test", servlet());
        wrapper.setAsyncSupported(true);
        context.addServletMapping("/*", "test");
        tomcat.getConnector().addUpgradeProtocol(new Http2Protocol());
        tomcat.getConnector().getProtocolHandler().setExecutor(queueTime.wrap(workers));
        tomcat.start();
    }

    private static void add(Context context, Filter filter) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("admission");
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName("admission");
        map.addURLPattern("/*");
        for (String dispatch : new String[] {"REQUEST", "ASYNC", "ERROR", "FORWARD"}) {
            map.setDispatcher(dispatch);
        }
        context.addFilterMap(map);
    }

    void property(String name, String value) {
        tomcat.getConnector().setProperty(name, value);
    }

    @Override
    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    void stop() throws Exception {
        if (tomcat.getServer().getState() == LifecycleState.DESTROYED) {
            return;
        }
        tomcat.stop();
        tomcat.destroy();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
