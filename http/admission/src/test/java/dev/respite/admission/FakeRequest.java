package dev.respite.admission;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A request with its response. It records the methods that were called, and has no body. */
final class FakeRequest {

    final Set<String> calls = new TreeSet<>();
    final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    final Map<String, String> replyHeaders = new LinkedHashMap<>();
    private final Map<String, Object> attributes = new HashMap<>();
    private final Map<String, Integer> set = new HashMap<>();
    DispatcherType type = DispatcherType.REQUEST;
    boolean isAsyncStarted;

    final HttpServletRequest request = proxy(HttpServletRequest.class, (method, arguments) -> switch (method) {
        case "getHeaders" -> Collections.enumeration(lines((String) arguments[0]));
        case "getAttribute" -> attributes.get((String) arguments[0]);
        case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
        case "getDispatcherType" -> type;
        case "isAsyncStarted" -> isAsyncStarted;
        case "getAsyncContext" -> throw new IllegalStateException("complete");
        default -> throw new AssertionError("unexpected: " + method);
    });

    final HttpServletResponse response = proxy(HttpServletResponse.class, (method, arguments) -> switch (method) {
        case "setStatus", "setContentLength" -> set.put(method, (Integer) arguments[0]);
        case "setHeader", "setIntHeader" -> replyHeaders.put((String) arguments[0], arguments[1].toString());
        default -> throw new AssertionError("unexpected: " + method);
    });

    /** A header is one line, or several that line breaks separate. */
    private List<String> lines(String name) {
        return headers.getOrDefault(name, "").lines().toList();
    }

    static FakeRequest attempt(int number) {
        FakeRequest request = new FakeRequest();
        if (number > 1) {
            request.headers.put("Respite-Attempt", Integer.toString(number));
        }
        return request;
    }

    int status() {
        return set.getOrDefault("setStatus", 200);
    }

    int contentLength() {
        return set.getOrDefault("setContentLength", -1);
    }

    @FunctionalInterface
    private interface Methods {
        Object call(String name, Object[] arguments);
    }

    private <T> T proxy(Class<T> type, Methods methods) {
        Object proxy = Proxy.newProxyInstance(
                FakeRequest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("equals")) {
                        return self == arguments[0];
                    }
                    if (method.getName().equals("toString")) {
                        return "fake " + type.getSimpleName();
                    }
                    calls.add(method.getName());
                    Object result = methods.call(method.getName(), arguments);
                    return method.getReturnType() == void.class ? null : result;
                });
        return type.cast(proxy);
    }
}
