using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Models;

/// <summary>Describes the routes about models.</summary>
internal static class ModelDocs
{
    public static RouteDoc List { get; } =
        RouteDoc.ForClients("listModels", "Models", "List the models").Answers(200, "The models.", "ModelList");

    public static RouteDoc Get { get; } =
        RouteDoc
            .ForClients("getModel", "Models", "Show one model")
            .Path("id", "A slash in an id may be sent as it is or as %2F.")
            .Answers(200, "The model.", "Model")
            .Fails(404, "No such model.");
}
