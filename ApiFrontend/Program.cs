namespace FlowGpt.ApiFrontend;

internal static class Program
{
    private static void Main() { }
}
