using FlowGpt.Admin.Contracts.Models;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Describes the operators' routes about models.</summary>
internal static class ModelAdminDocs
{
    public static RouteDoc List { get; } =
        RouteDoc
            .ForOperators("listModelEntry", "List the models of operators")
            .Answers<ModelList>(200, "Configured models first, then added and discovered models; and what providers said last.");

    public static RouteDoc Refresh { get; } =
        RouteDoc
            .ForOperators(
                "refreshModels",
                "Ask providers about the models in use",
                "Providers with a search are asked for every target of the catalog, and for others. Changes no model: models that are gone are reported, found models may be added."
            )
            .Query("query", """{"type":"string"}""", "What to search for.")
            .Answers<ModelList>(200, "What they said; `problem` tells when they could not be asked.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc Put { get; } =
        RouteDoc
            .ForOperators("putModel", "Add or replace a model")
            .Path("id", "The model's id.")
            .Body("ModelRoute")
            .Answers<ModelEntry>(200, "Replaced.")
            .Answers<ModelEntry>(201, "Added.")
            .Fails(400, "A field is wrong; every problem is named.")
            .Fails(409, "The model belongs to the configuration.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc Remove { get; } =
        RouteDoc
            .ForOperators("removeModel", "Remove an added model")
            .Path("id", "The model's id.")
            .Answers<ModelRemoved>(200, "It is gone; requests in flight finish.")
            .Fails(404, "No such model.")
            .Fails(409, "The model belongs to the configuration.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");
}
