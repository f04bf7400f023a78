package dev.respite.kotlin

import kotlin.reflect.KProperty

/** The properties of a block that have been given. */
internal class Given {

    private val settings = LinkedHashMap<String, () -> Unit>()

    /** A property that is null until it is given, and hands its value over by [write]. */
    inner class Setting<V : Any>(private val write: (V) -> Unit) {

        private var value: V? = null

        operator fun getValue(owner: Any, property: KProperty<*>): V? = value

        operator fun setValue(owner: Any, property: KProperty<*>, given: V?) {
            value = given
            if (given == null) {
                settings.remove(property.name)
            } else {
                settings[property.name] = { write(given) }
            }
        }
    }

    /** Hands all values over. */
    fun write() {
        settings.values.forEach { it() }
    }
}
