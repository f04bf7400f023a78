package dev.respite.sim;

import dev.respite.admission.QueueTime;
import dev.respite.admission.RetryAdmission;
import dev.respite.admission.RetryAdmissionFilter;
import dev.respite.sim.scenario.Scenario;
import dev.respite.time.TimeSource;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * The service of a scenario as a process with a servlet container. Its workers sleep for as long as the work takes, also for a
 * request whose client has timed out. It prints its port, then reads orders, one a line.
 */
final class AdmissionServer {

    /** As many connections as may begin in a pause. */
    private static final int BACKLOG = 4_096;

    /** No connection is closed because it was idle. */
    private static final int IDLE_MILLIS = 600_000;

    /** Jetty needs a thread that selects, beside the workers. */
    private static final int SELECTING = 1;

    private final TimeSource time = TimeSource.system();
    private final QueueTime queueTime = QueueTime.create();
    private final RetryAdmissionFilter filter;
    private final boolean isFiltered;
    private final int workers;
    private final long workNanos;
    private final LongAdder work = new LongAdder();
    private final LongAdder works = new LongAdder();
    private volatile double failing;
    private long refusedBefore;

    /** A servlet container. */
    enum Kind {
        TOMCAT,
        JETTY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private AdmissionServer(boolean isFiltered, Scenario scenario) {
        this.isFiltered = isFiltered;
        this.filter = RetryAdmissionFilter.of(
                RetryAdmission.ofTimeout(scenario.load().timeout().orElseThrow()), queueTime);
        this.workers = scenario.focus().work().workers();
        this.workNanos = Math.round(scenario.focus().work().time().meanNanos());
    }

    /**
     * Serves until it reads the order to end, or the end of its standard input.
     *
     * @param arguments the container, whether the filter is on, the scenario's file, and settings as {@code key=value}
     */
    public static void main(String[] arguments) throws Exception {
        List<String> all = List.of(arguments);
        Scenario scenario = RealService.read(all.subList(2, all.size()));
        AdmissionServer server = new AdmissionServer(Boolean.parseBoolean(all.get(1)), scenario);
        int port = switch (Kind.valueOf(all.get(0))) {
            case TOMCAT -> server.startTomcat();
            case JETTY -> server.startJetty();
        };
        server.obey(port);
        System.exit(0);
    }

    private void obey(int port) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(port);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            if (Start.isOrder(order)) {
                work.reset();
                works.reset();
                refusedBefore = filter.refusedRetries();
            } else if (order.startsWith(RealServer.FAILING)) {
                failing = Double.parseDouble(order.substring(RealServer.FAILING.length()));
            } else if (order.equals(RealServer.WELL)) {
                failing = 0;
            } else if (order.equals(RealServer.END)) {
                long refused = filter.refusedRetries() - refusedBefore;
                out.println(work.sum() / Math.max(1, works.sum()) + " " + refused);
                return;
            } else {
                throw new IOException("unknown order: " + order);
            }
        }
    }

    private Executor threads(int number) {
        Executor threads = Executors.newFixedThreadPool(number);
        return isFiltered ? queueTime.wrap(threads) : threads;
    }

    private int startTomcat() throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Path.of("target", "reality-tomcat").toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        if (isFiltered) {
            FilterDef definition = new FilterDef();
            definition.setFilterName("admission");
            definition.setFilter(filter);
            context.addFilterDef(definition);
            FilterMap map = new FilterMap();
            map.setFilterName("admission");
            map.addURLPattern("/*");
            context.addFilterMap(map);
        }
        Tomcat.addServlet(context, "work", servlet());
        context.addServletMapping("/*", "work");
        Map.of(
                        "address", "127.0.0.1",
                        "acceptCount", Integer.toString(BACKLOG),
                        "keepAliveTimeout", Integer.toString(IDLE_MILLIS))
                .forEach(tomcat.getConnector()::setProperty);
        tomcat.getConnector().getProtocolHandler().setExecutor(threads(workers));
        tomcat.start();
        return tomcat.getConnector().getLocalPort();
    }

    private int startJetty() throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(
                server, threads(SELECTING + workers), null, null, 0, SELECTING, new HttpConnectionFactory());
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        if (isFiltered) {
            context.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST));
        }
        context.addServlet(new ServletHolder(servlet()), "/*");
        server.setHandler(context);
        server.start();
        return connector.getLocalPort();
    }

    private HttpServlet servlet() {
        return new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                long start = time.nanoTime();
                try {
                    time.sleep(workNanos);
                } catch (InterruptedException ended) {
                    throw new IOException(ended);
                }
                response.setStatus(time.roll() < failing ? 500 : 200);
                response.setContentLength(0);
                work.add(time.nanoTime() - start);
                works.increment();
            }
        };
    }
}
