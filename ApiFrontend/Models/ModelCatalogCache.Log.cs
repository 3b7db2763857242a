namespace FlowGpt.ApiFrontend.Models;

internal sealed partial class ModelCatalogCache
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "The model list could not be read; an older copy serves: {HasCopy}")]
    private partial void LogRefreshFailed(Exception exception, bool hasCopy);
}
