namespace FlowGpt.ApiFrontend.Listeners;

/// <summary>Adds the wall between listeners to a process, with or without the API in it.</summary>
public static class PrivateListenersExtensions
{
    /// <summary>Adds the middleware. Call it before forwarded headers are read: they change where a connection seems to come from.</summary>
    public static void UsePrivateListeners(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseMiddleware<PrivateListeners>();
    }
}
