using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Models;

/// <summary>Describes the routes about models.</summary>
internal static class ModelDocs
{
    public static RouteDoc List { get; } =
        RouteDoc
            .ForClients(
                "listModels",
                "Models",
                "List the models",
                "Clients that send `anthropic-version` get Anthropic's form, in pages of at most `limit`; the other parameters are theirs too."
            )
            .Query("limit", """{"type":"integer","minimum":1,"maximum":1000,"default":1000}""")
            .Query("after_id", """{"type":"string"}""")
            .Query("before_id", """{"type":"string"}""")
            .Answers(200, "The models.", "ModelList");

    public static RouteDoc Get { get; } =
        RouteDoc
            .ForClients("getModel", "Models", "Show one model")
            .Path("id", "A slash in an id may be sent as it is or as %2F.")
            .Answers(200, "The model.", "Model")
            .Fails(404, "No such model.");
}
