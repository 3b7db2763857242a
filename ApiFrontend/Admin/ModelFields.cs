using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Reads a model from a body.</summary>
internal static class ModelFields
{
    /// <summary>The model; its id is the route's.</summary>
    public static ModelAlias Read(AdminFields fields)
    {
        if (!fields.Has("promptId"))
        {
            fields.Missing("promptId");
        }

        return new()
        {
            PromptId = fields.Text("promptId") ?? "",
            UpstreamModel = fields.Text("upstreamModel"),
            Pool = fields.Text("pool"),
            Description = fields.Text("description"),
            ContextWindow = fields.Number("contextWindow") is { } window ? (int)Math.Clamp(window, int.MinValue, int.MaxValue) : null,
            CleanResponsePrefix = fields.Flag("cleanResponsePrefix"),
        };
    }
}
