package dev.respite.torture.cluster;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** Starts HTTP servers on a free port of this machine. */
public final class LocalServer {

    private LocalServer() {}

    /** Starts a server that handles a number of concurrent requests, in threads that do not keep the JVM alive. */
    public static HttpServer start(String path, int concurrency, HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(concurrency, DaemonThreads.named("server")));
        server.createContext(path, handler);
        server.start();
        return server;
    }

    /** Starts the server of a worker, and reports to the parent process that it is ready. */
    public static void startWorker(String path, int concurrency, HttpHandler handler) throws IOException {
        HttpServer server = start(path, concurrency, handler);
        System.out.println(ControlProtocol.READY + server.getAddress().getPort());
    }
}
