/** An exception without a package, with the name of a kind of error. */
@Suppress("ClassName")
class timeout : Exception() {
    private companion object {
        const val serialVersionUID = 1L
    }
}
